package dev.parkinglot.examples;

// region:mailbox
import dev.parkinglot.locks.Condvar;
import dev.parkinglot.locks.Mutex;
import java.util.ArrayDeque;
import java.util.Queue;

final class Mailbox<T> {
    private final Mutex mutex = new Mutex();
    private final Condvar notEmpty = new Condvar();
    private final Queue<T> messages = new ArrayDeque<>();

    void put(T message) {
        mutex.runLocked(() -> messages.add(message));
        notEmpty.signal();
    }

    T take() throws InterruptedException {
        try (var guard = mutex.guard()) {
            notEmpty.awaitWhile(guard, messages::isEmpty); // unlocks while it waits
            return messages.remove();
        }
    }
}
// end
