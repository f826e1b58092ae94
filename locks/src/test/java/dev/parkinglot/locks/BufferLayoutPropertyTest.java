package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Locks at random places, between bytes of others, seen through buffers at random offsets: against a model that knows
 * addresses.
 */
class BufferLayoutPropertyTest {
    private static final int WORDS = 16;

    /** Something that is done to one word, by its number, through a buffer that begins at another. */
    private record Step(int word, int begin, int what) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, WORDS - 1),
                        Arbitraries.integers().between(0, WORDS - 1),
                        Arbitraries.integers().between(0, 7))
                .as((word, begin, what) -> new Step(Math.max(word, begin), Math.min(word, begin), what))
                .list()
                .ofMinSize(10)
                .ofMaxSize(100);
    }

    private static AtomicBuffer view(ByteBuffer memory, Step step) {
        return new UnsafeBuffer(memory, step.begin * 4, memory.capacity() - step.begin * 4);
    }

    @Property
    void everyLockIsItsOwnFourBytesWhateverTheBuffer(
            @ForAll("steps") List<Step> steps, @ForAll boolean direct, @ForAll long seed) {
        ByteBuffer memory = direct ? ByteBuffer.allocateDirect(WORDS * 4) : ByteBuffer.allocate(WORDS * 4);
        // The odd words are a stranger's data, the even ones are locks: a mutex, then a readers-writer lock, and so on.
        byte[] noise = new byte[4];
        Random random = new Random(seed);
        for (int word = 1; word < WORDS; word += 2) {
            random.nextBytes(noise);
            memory.put(word * 4, noise);
        }
        byte[] before = new byte[WORDS * 4];
        memory.get(0, before);
        boolean[] held = new boolean[WORDS];
        for (Step step : steps) {
            if (step.word % 2 == 0) {
                AtomicBuffer view = view(memory, step);
                int index = (step.word - step.begin) * 4;
                held[step.word] =
                        step.word % 4 == 0 ? runMutex(step, view, index, held) : runRwLock(step, view, index, held);
            }
        }
        for (int word = 0; word < WORDS; word += 2) {
            AtomicBuffer whole = new UnsafeBuffer(memory);
            assertEquals(
                    held[word],
                    word % 4 == 0 ? BufferMutex.isLocked(whole, word * 4) : BufferRwLock.isLocked(whole, word * 4));
            BufferMutex.reset(whole, word * 4);
        }
        byte[] after = new byte[WORDS * 4];
        memory.get(0, after);
        assertArrayEquals(before, after, "the bytes of strangers");
    }

    private static boolean runMutex(Step step, AtomicBuffer view, int index, boolean[] held) {
        boolean before = held[step.word];
        BufferMutex flyweight = new BufferMutex(view, index);
        switch (step.what) {
            case 0, 1 -> assertEquals(!before, BufferMutex.tryLock(view, index));
            case 2, 3 -> assertEquals(!before, flyweight.tryLock());
            default -> {
                assertEquals(before, step.what < 6 ? BufferMutex.isLocked(view, index) : flyweight.isLocked());
                if (before) {
                    if (step.what % 2 == 0) {
                        flyweight.unlock();
                    } else {
                        BufferMutex.unlock(view, index);
                    }
                }
                return false;
            }
        }
        return true;
    }

    private static boolean runRwLock(Step step, AtomicBuffer view, int index, boolean[] held) {
        boolean before = held[step.word];
        ReadersWriterLock flyweight = new BufferRwLock(view, index);
        switch (step.what) {
            case 0, 1 -> assertEquals(!before, BufferRwLock.tryLockWrite(view, index));
            case 2, 3 -> assertEquals(!before, flyweight.tryLockWrite());
            default -> {
                assertEquals(before, step.what < 6 ? BufferRwLock.isWriteLocked(view, index) : flyweight.isLocked());
                if (before) {
                    if (step.what % 2 == 0) {
                        flyweight.unlockWrite();
                    } else {
                        BufferRwLock.unlockWrite(view, index);
                    }
                }
                return false;
            }
        }
        return true;
    }
}
