package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parkinglot.testing.JavaProcess;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A look at the stack that passes must have found room, whatever the compiler has seen of such looks before: a few that
 * pass, then thousands that fail. What is compiled in one test stays so in the next, so each has a JVM of its own,
 * which waits for its compiler.
 */
class StackRoomInJvmTest {
    /** Passes a few looks, then goes to the end of a stack again and again, and back until a look passes. */
    static final class Program {
        private static final int ENDS = 20;
        private static final int LOOKS_IN_EACH_FRAME = 30;

        /** Interpreted calls; of 100 bytes each, half of what a look has to find. */
        private static final int CALLS = 24;

        /** Both are set without a call. */
        private static boolean hasPassed;

        private static boolean hadRoom;

        private Program() {}

        public static void main(String[] args) throws InterruptedException {
            for (int passing = Integer.parseInt(args[0]); passing > 0; passing--) {
                StackRoom.require();
            }
            int wrong = 0;
            for (int end = 0; end < ENDS; end++) {
                hasPassed = false;
                hadRoom = false;
                Thread thread = new Thread(null, Program::lookOnTheWayBack, "deep", 150L * 1024L);
                thread.start();
                thread.join();
                if (!hadRoom) {
                    wrong++;
                }
            }
            System.out.println(wrong + " looks have passed where there was no room");
        }

        @SuppressWarnings("InfiniteRecursion") // it ends where the stack does
        private static void lookOnTheWayBack() {
            try {
                lookOnTheWayBack();
            } catch (StackOverflowError deepest) {
                // from here on every frame has a little more room
            }
            for (int i = 0; i < LOOKS_IN_EACH_FRAME && !hasPassed; i++) {
                try {
                    StackRoom.require();
                    hasPassed = true;
                    hadRoom = descend(CALLS) == CALLS;
                } catch (StackOverflowError e) {
                    // a look that fails, or one that should have
                }
            }
        }

        private static int descend(int calls) {
            return calls == 0 ? 0 : descend(calls - 1) + 1;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 30, 45, 60})
    void aLookThatPassesHasFoundRoom(int passing) throws Exception {
        List<String> flags = List.of(
                "-Xbatch",
                "-XX:MaxJavaStackTraceDepth=1",
                "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=exclude," + Program.class.getName() + "::*");
        assertEquals(
                "0 looks have passed where there was no room",
                JavaProcess.outputOf(Program.class, flags, String.valueOf(passing))
                        .strip());
    }
}
