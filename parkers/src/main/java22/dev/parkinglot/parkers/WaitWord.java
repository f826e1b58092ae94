package dev.parkinglot.parkers;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/**
 * The word at whose address one platform thread waits, with the room that its system calls need: a cache line outside
 * the heap, since the system wants an address that stays. Taken from the pool when the thread first parks, and used for
 * all its waits: a thread is in one at a time, however deeply its parks are nested.
 *
 * <table>
 *   <caption>The word</caption>
 *   <tr><th>value</th><th>meaning</th><th>changed by</th></tr>
 *   <tr><td>AWAKE</td><td>the owner is not in a wait</td><td>the owner, to ASLEEP</td></tr>
 *   <tr><td>ASLEEP</td><td>it is in one, or about to be</td><td>a waker, to WOKEN; the owner, to AWAKE</td></tr>
 *   <tr><td>WOKEN</td><td>a waker has come to end that wait</td><td>the owner, to AWAKE</td></tr>
 * </table>
 *
 * <p><b>Life.</b> The memory belongs to its thread until that has ended, then to another: see {@link WordPool}.
 */
final class WaitWord {
    static final int AWAKE = 0;
    static final int ASLEEP = 1;
    static final int WOKEN = 2;

    private static final StructLayout LAYOUT = MemoryLayout.structLayout(
            JAVA_INT.withName("word"),
            JAVA_INT.withName("asleep"),
            JAVA_LONG.withName("timeout"),
            JAVA_LONG.withName("nanos"),
            NativeCalls.ERROR_LAYOUT.withName("ownersError"),
            NativeCalls.ERROR_LAYOUT.withName("wakersError"));

    private static final VarHandle WORD = LAYOUT.varHandle(PathElement.groupElement("word"));

    private static final WordPool POOL = new WordPool(1024, Arena.ofAuto()::allocate);

    /**
     * The parts of the current thread's memory, in the order of the fields below; none, if there was no memory for it.
     * An array of the JDK's, and no object of a class of ours: that would keep this class and its loader for as long as
     * the thread lives.
     */
    private static final ThreadLocal<MemorySegment[]> OWN = new ThreadLocal<>();

    final Thread owner = Thread.currentThread();

    private final MemorySegment memory;

    /** The word itself, for system calls. */
    final MemorySegment word;

    /** Four bytes that always hold ASLEEP, for a system that wants the value that it compares with in memory. */
    final MemorySegment asleep;

    /** Sixteen bytes for the timeout of the owner's call: a {@code timespec} of two longs, or one long. */
    final MemorySegment timeout;

    /** Where the owner's calls leave their error. */
    final MemorySegment ownersError;

    /**
     * Where wakers' calls leave theirs. Several may do so at the same time, so that nothing may depend on it but what
     * an error is called in a message.
     */
    final MemorySegment wakersError;

    private WaitWord(MemorySegment[] parts) {
        memory = parts[0];
        word = parts[1];
        asleep = parts[2];
        timeout = parts[3];
        ownersError = parts[4];
        wakersError = parts[5];
    }

    /** That of the current thread, seen by one parker; null if the thread has none, for want of memory. */
    static WaitWord ownOrNull() {
        MemorySegment[] parts = OWN.get();
        if (parts == null) {
            parts = newParts();
            OWN.set(parts);
        }
        return parts.length == 0 ? null : new WaitWord(parts);
    }

    private static MemorySegment[] newParts() {
        MemorySegment memory = POOL.takeOrNull();
        if (memory == null) {
            return new MemorySegment[0];
        }
        MemorySegment asleep = part(memory, "asleep", JAVA_INT.byteSize());
        asleep.set(JAVA_INT, 0L, ASLEEP);
        long errorBytes = NativeCalls.ERROR_LAYOUT.byteSize();
        return new MemorySegment[] {
            memory,
            part(memory, "word", JAVA_INT.byteSize()),
            asleep,
            part(memory, "timeout", 2L * JAVA_LONG.byteSize()),
            part(memory, "ownersError", errorBytes),
            part(memory, "wakersError", errorBytes)
        };
    }

    private static MemorySegment part(MemorySegment memory, String name, long bytes) {
        return memory.asSlice(LAYOUT.byteOffset(PathElement.groupElement(name)), bytes);
    }

    void setVolatile(int value) {
        WORD.setVolatile(memory, 0L, value);
    }

    boolean casWord(int expected, int value) {
        return WORD.compareAndSet(memory, 0L, expected, value);
    }

    /** The value that was there. */
    int caeWord(int expected, int value) {
        return (int) WORD.compareAndExchange(memory, 0L, expected, value);
    }

    int wordVolatile() {
        return (int) WORD.getVolatile(memory, 0L);
    }
}
