package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.EntryCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.QueuedEntry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** A {@link FairSemaphore} whose permits can also be waited for without a thread, in the same queue. */
public class AsyncSemaphore extends FairSemaphore {
    static {
        QueuedEntry.prepare();
    }

    /** Makes one with so many permits. */
    public AsyncSemaphore(int permits) {
        super(permits);
    }

    // region:async
    /**
     * Acquires permits as soon as it is this call's turn, and does not block. The future is completed when the permits
     * are the caller's, to be {@linkplain #release released}: by the executor, unless there are enough at once. Cancel
     * it to give up.
     */
    public CompletableFuture<Void> acquireAsync(int permits, Executor executor) {
        Permits future = new Permits(this, permits, executor);
        while (!tryAcquireOrSayThatOneWaits(permits)) {
            QueuedEntry queued = QueuedEntry.enqueue(this, 0, future, Permits.WAITING, ParkOptions.NONE, permits);
            if (queued != null) {
                future.entry = queued;
                return future;
            }
        }
        future.complete(null);
        return future;
    }

    private static final class Permits extends CompletableFuture<Void> {
        private final AsyncSemaphore semaphore;
        private final int permits;
        private final Executor executor;
        private final AtomicBoolean served = new AtomicBoolean();

        /** Null before this is returned. Whoever gives up and sees null leaves it in its queue, to be served. */
        private QueuedEntry entry;

        Permits(AsyncSemaphore semaphore, int permits, Executor executor) {
            this.semaphore = semaphore;
            this.permits = permits;
            this.executor = executor;
        }

        /** The permits are this future's: whoever is told so first delivers them, or gives them back. */
        private void deliver() {
            if (served.compareAndSet(false, true) && !super.complete(null)) {
                semaphore.release(permits); // it was cancelled after it had been served
            }
        }

        private void giveUp() {
            QueuedEntry queued = entry;
            if (queued != null && queued.cancel()) {
                semaphore.serve(0L); // it may have been in front of others that want less
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            giveUp();
            return super.cancel(mayInterruptIfRunning);
        }

        /** Also called by {@code orTimeout}. */
        @Override
        public boolean completeExceptionally(Throwable failure) {
            giveUp();
            return super.completeExceptionally(failure);
        }

        static final EntryCallbacks<Permits> WAITING = new EntryCallbacks<>() {
            @Override
            public boolean validate(Permits future, long parkToken) {
                return future.semaphore.isQueued();
            }

            @Override
            public void beforeSleep(Permits future) {
                future.semaphore.queued();
            }

            @Override
            public void timedOut(Permits future, Object base, long offset, boolean wasLastThread) {
                future.semaphore.left(wasLastThread);
            }

            @Override
            public void unparked(Permits future, long unparkToken) {
                future.executor.execute(future::deliver);
            }

            @Override
            public void wakeLost(Permits future, long unparkToken, Throwable failure) {
                if (future.served.compareAndSet(false, true)) { // the executor has not run it, and never will
                    future.completeExceptionally(failure);
                    future.semaphore.release(future.permits);
                }
            }
        };
    }
    // end
}
