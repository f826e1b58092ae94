package dev.parkinglot.locks;

import dev.parkinglot.testing.TestThreads;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

/** A thread of a random test: it does what it is told, one thing after the other, and keeps what came of the last. */
final class Performer {
    /** A call without a result. */
    interface Action {
        void run() throws Exception;
    }

    /** What the outcome of a call is that has no result. */
    static final String DONE = "done";

    private static final Callable<Object> END = () -> DONE;

    private final BlockingQueue<Callable<?>> calls = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile String outcome = "";
    private volatile boolean begun;

    Performer(TestThreads threads, String name) {
        thread = threads.start(name, this::work);
    }

    private void work() throws InterruptedException {
        for (Callable<?> call = calls.take(); call != END; call = calls.take()) {
            begun = true;
            String result;
            try {
                result = String.valueOf(call.call());
            } catch (Exception e) {
                result = e.getClass().getSimpleName();
            }
            outcome = Thread.interrupted() ? result + ", interrupted" : result;
        }
    }

    static Callable<String> done(Action action) {
        return () -> {
            action.run();
            return DONE;
        };
    }

    Thread thread() {
        return thread;
    }

    /** What its last call has returned or thrown, and whether it was interrupted; null while it runs. */
    String outcome() {
        return outcome;
    }

    boolean isIdle() {
        return outcome != null;
    }

    /** Whether it is inside its call. */
    boolean isAsleep() {
        return begun && TestThreads.isAsleep(thread);
    }

    void start(Callable<?> call) {
        begun = false;
        outcome = null;
        calls.add(call);
    }

    /** Has it answer in between, as if nothing had been. */
    String ask(Callable<String> question) {
        String before = outcome;
        start(question);
        TestThreads.await("an idle thread answers", this::isIdle);
        String answer = outcome;
        outcome = before;
        return answer;
    }

    /** After the call that it is at. */
    void end() {
        calls.add(END);
    }
}
