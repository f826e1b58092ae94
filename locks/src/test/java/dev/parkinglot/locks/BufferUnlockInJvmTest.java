package dev.parkinglot.locks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.JavaProcess;
import java.util.List;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * An unlock without a flyweight that throws for want of stack leaves the lock held, also if there is not even stack to
 * take it back. In the interpreter, where that takes more calls than the look for those who wait.
 */
class BufferUnlockInJvmTest {
    @Test
    void anUnlockThatThrowsForWantOfStackLeavesTheLockHeld() throws Exception {
        List<String> flags = List.of("-Xint", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        String output = JavaProcess.outputOf(Program.class, flags);
        assertEquals("0 locks were free although the unlock had failed", output.strip());
    }

    /** What the JVM runs: a thread unlocks at the end of its stack, while another sets the marks of waiters. */
    static final class Program {
        private static final int FAILURES = 3_000;
        private static final byte PARKED_AND_WAKE = MutexWord.PARKED | MutexWord.WAKE;
        private static final AtomicBuffer BUFFER = new UnsafeBuffer(new byte[64]);

        private static volatile boolean over;

        /** These are changed without a call. */
        private static boolean hasFailed;

        private static int failures;
        private static int free;

        private Program() {}

        public static void main(String[] args) throws InterruptedException {
            BufferMutex.lock(BUFFER, 0); // loads what is needed
            BufferMutex.unlock(BUFFER, 0);
            Thread marks = new Thread(Program::setAndClearMarks);
            marks.setDaemon(true);
            marks.start();
            Thread deep = new Thread(null, Program::failOften, "deep", 180_000L);
            deep.start();
            deep.join();
            over = true;
            System.out.println(free + " locks were free although the unlock had failed");
        }

        private static void setAndClearMarks() {
            while (!over) {
                BUFFER.putByte(1, PARKED_AND_WAKE);
                BUFFER.putByte(1, (byte) 0);
            }
        }

        private static void failOften() {
            for (int round = 0; failures < FAILURES && free == 0; round++) {
                failFrom(round % 32);
            }
        }

        /** From another depth each time, so that the stack ends elsewhere. */
        private static void failFrom(int calls) {
            if (calls > 0) {
                failFrom(calls - 1);
            } else {
                unlockInEachFrame();
            }
        }

        @SuppressWarnings("InfiniteRecursion") // until there is no more stack
        private static void unlockInEachFrame() {
            try {
                unlockInEachFrame();
            } catch (StackOverflowError e) {
                // the end
            }
            try {
                if (hasFailed) {
                    boolean isLocked = BufferMutex.isLocked(BUFFER, 0);
                    hasFailed = false;
                    failures++;
                    free += isLocked ? 0 : 1;
                    return;
                }
                BUFFER.putByte(0, MutexWord.HELD);
            } catch (StackOverflowError e) {
                return; // the next frame has a little more
            }
            try {
                BufferMutex.unlock(BUFFER, 0);
            } catch (StackOverflowError e) {
                hasFailed = true;
            }
        }
    }
}
