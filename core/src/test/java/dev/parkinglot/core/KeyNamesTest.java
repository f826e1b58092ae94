package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.testing.TestThreads;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class KeyNamesTest {
    private static String unnamed(Object object) {
        return object.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(object));
    }

    @Test
    void anObjectHasANameForAllItsQueues() {
        Object gate = new Object();
        assertNull(KeyNames.nameOf(gate, 0L));
        assertSame(gate, KeyNames.name(gate, "front door"));
        assertEquals("front door", KeyNames.nameOf(gate, 0L));
        assertEquals("front door", KeyNames.nameOf(gate, 1L));
        assertEquals(unnamed(gate) + " \"front door\"", KeyNames.describe(gate, 0L));
        assertEquals(unnamed(gate) + "+1 \"front door\"", KeyNames.describe(gate, 1L));
    }

    @Test
    void aKeyMayHaveANameOfItsOwn() {
        byte[] memory = new byte[8];
        KeyNames.name(memory, "memory");
        KeyNames.name(memory, 4L, "slot");
        assertEquals("memory", KeyNames.nameOf(memory, 0L));
        assertEquals("slot", KeyNames.nameOf(memory, 4L));
    }

    @Test
    void objectsAreToldApartByIdentity() {
        String one = new String("same");
        String other = new String("same");
        KeyNames.name(one, "one");
        assertNull(KeyNames.nameOf(other, 0L));
    }

    @Test
    void aNameCanBeChangedAndTakenAway() {
        Object gate = new Object();
        KeyNames.name(gate, "old");
        KeyNames.name(gate, "new");
        assertEquals("new", KeyNames.nameOf(gate, 0L));
        KeyNames.name(gate, null);
        assertNull(KeyNames.nameOf(gate, 0L));
        assertEquals(unnamed(gate), KeyNames.describe(gate, 0L));
    }

    @Test
    void memoryOutsideTheHeapHasNamesByAddress() {
        KeyNames.name(null, 0x7777L, "mapped");
        try {
            assertEquals("address+30583 \"mapped\"", KeyNames.describe(null, 0x7777L));
            assertEquals("address+1", KeyNames.describe(null, 1L));
        } finally {
            KeyNames.name(null, 0x7777L, null);
        }
        assertNull(KeyNames.nameOf(null, 0x7777L));
    }

    @Test
    void nullCannotBeNamed() {
        assertThrows(NullPointerException.class, () -> KeyNames.name(null, "nobody"));
    }

    @Test
    void aNameKeepsNothingAlive() {
        int before = KeyNames.count();
        WeakReference<Object> gate = new WeakReference<>(KeyNames.name(new Object(), "short-lived"));
        TestThreads.await("collected", () -> {
            System.gc();
            return gate.get() == null && KeyNames.count() <= before;
        });
        assertTrue(KeyNames.count() <= before);
    }
}
