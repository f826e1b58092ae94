package dev.parkinglot.locks;

import dev.parkinglot.core.ParkingLot;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Where in a buffer a lock may lie. */
final class Words {
    private static final String PACKAGE = "jdk.internal.misc";

    static {
        Module agrona = AtomicBuffer.class.getModule();
        if (!Object.class.getModule().isExported(PACKAGE, agrona)) {
            throw new IllegalAccessError("Agrona needs access to the memory: start the JVM with --add-opens java.base/"
                    + PACKAGE + "=" + (agrona.isNamed() ? agrona.getName() : "ALL-UNNAMED"));
        }
    }

    private Words() {}

    /** Room for one lock, to rehearse with; here, so that the error above comes before those of Agrona. */
    static AtomicBuffer newBuffer() {
        return new UnsafeBuffer(new byte[Integer.BYTES]);
    }

    /**
     * The offset in {@code buffer.byteArray()}, or the address, of the four bytes at an index.
     *
     * @throws IllegalArgumentException if it is not divisible by 4, which is what makes the four bytes one word,
     *     distinct from every other
     * @throws IndexOutOfBoundsException if the bytes are not within the buffer
     */
    static long address(AtomicBuffer buffer, int index) {
        long address = buffer.addressOffset() + index;
        if ((address & (Integer.BYTES - 1)) != 0L || index < 0 || index > buffer.capacity() - Integer.BYTES) {
            throw refusal(buffer, index);
        }
        return address;
    }

    private static IllegalArgumentException refusal(AtomicBuffer buffer, int index) {
        buffer.boundsCheck(index, Integer.BYTES); // throws, if that is what is wrong
        return new IllegalArgumentException(
                "a lock takes four bytes whose address is divisible by 4, but index " + index
                        + " of this buffer is at address or array offset " + (buffer.addressOffset() + index)
                        + ": use another index, or wrap the memory at an offset divisible by 4");
    }

    /** Makes four bytes a lock that nobody has used. The keys of its queues are its address and the next. */
    static void reset(AtomicBuffer buffer, int index) {
        byte[] base = buffer.byteArray();
        long address = address(buffer, index);
        if (!ParkingLot.waiters(base, address).isEmpty()
                || !ParkingLot.waiters(base, address + 1).isEmpty()) {
            throw new IllegalStateException("threads wait for this lock: reset it before any thread uses it");
        }
        UnsafeApi.putIntVolatile(base, address, 0);
    }
}
