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
 * The word at whose address one platform thread waits, with the room that its system calls need: some dozens of bytes
 * outside the heap, since the system wants an address that stays. Made when the thread first parks, and used for all
 * its waits: a thread is in one at a time, however deeply its parks are nested.
 *
 * <table>
 *   <caption>The word</caption>
 *   <tr><th>value</th><th>meaning</th><th>changed by</th></tr>
 *   <tr><td>AWAKE</td><td>the owner is not in a wait</td><td>the owner, to ASLEEP</td></tr>
 *   <tr><td>ASLEEP</td><td>it is in one, or about to be</td><td>a waker, to WOKEN; the owner, to AWAKE</td></tr>
 *   <tr><td>WOKEN</td><td>one waker has taken it upon itself to wake the owner</td><td>the owner, to AWAKE</td></tr>
 * </table>
 *
 * <p><b>Life.</b> The memory is freed by the garbage collector, after the thread has ended and the last parker and
 * handle that lead here are gone. So a late wake never meets freed memory, nor a word that serves another thread. What
 * it can meet is a later wait of the same thread, which then returns without reason and is begun anew.
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

    private static final ThreadLocal<WaitWord> OWN = ThreadLocal.withInitial(WaitWord::new);

    final Thread owner = Thread.currentThread();

    /** The word itself, for system calls. */
    final MemorySegment word;

    /** Four bytes that always hold ASLEEP, for a system that wants the value that it compares with in memory. */
    final MemorySegment asleep;

    /** Sixteen bytes for the timeout of the owner's call: a {@code timespec} of two longs, or one long. */
    final MemorySegment timeout;

    /** Where the owner's calls leave their error. */
    final MemorySegment ownersError;

    /**
     * Where wakers' calls leave theirs. Several may do so at the same time; then a report of an error (which cannot
     * happen to a word that exists) might name the wrong one.
     */
    final MemorySegment wakersError;

    private final MemorySegment memory;

    private WaitWord() {
        memory = Arena.ofAuto().allocate(LAYOUT);
        word = part("word");
        asleep = part("asleep");
        timeout = memory.asSlice(LAYOUT.byteOffset(PathElement.groupElement("timeout")), 16L);
        ownersError = part("ownersError");
        wakersError = part("wakersError");
        asleep.set(JAVA_INT, 0L, ASLEEP);
    }

    private MemorySegment part(String name) {
        PathElement path = PathElement.groupElement(name);
        return memory.asSlice(LAYOUT.byteOffset(path), LAYOUT.select(path));
    }

    /** That of the current thread. */
    static WaitWord own() {
        return OWN.get();
    }

    void setVolatile(int value) {
        WORD.setVolatile(memory, 0L, value);
    }

    int getAndSet(int value) {
        return (int) WORD.getAndSet(memory, 0L, value);
    }

    boolean casWord(int expected, int value) {
        return WORD.compareAndSet(memory, 0L, expected, value);
    }

    int wordVolatile() {
        return (int) WORD.getVolatile(memory, 0L);
    }
}
