package dev.parkinglot.core;

import dev.parkinglot.testing.FullHeap;
import java.util.function.Supplier;

/**
 * What {@link NothingLeftInJvmTest} runs: calls for which there is no memory, so that each allocation fails, or no
 * stack, so that they fail at whatever depth they need.
 */
final class NothingLeftCheck {
    private NothingLeftCheck() {}

    public static void main(String[] args) {
        // What is done for the first time may load a class or link a call, and needs memory for that.
        boolean[] both = {false, true};
        for (boolean full : both) {
            noMemory(full);
            noStack(full);
        }
        System.out.println("all right");
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    // ---- no memory

    /** What an action has thrown. */
    private record Thrown(Throwable what) {}

    /** Runs something, with memory or without; returns its result, or a {@link Thrown}. */
    private static Object without(boolean memory, Supplier<Object> action) {
        if (!memory) {
            FullHeap.fill();
        }
        Object result = null;
        Throwable thrown = null;
        try {
            result = action.get();
        } catch (Throwable e) {
            thrown = e;
        }
        FullHeap.empty();
        return thrown == null ? result : new Thrown(thrown);
    }

    private static void noMemory(boolean full) {
        boolean memory = !full;
        Throwable first = new IllegalStateException("first");
        Throwable second = new IllegalStateException("second");
        require(
                without(memory, () -> {
                            Failures.add(first, second);
                            return "done";
                        })
                        == "done",
                "a failure that cannot be noted is left out");
        require(first.getSuppressed().length == (memory ? 1 : 0), "noted if there is memory");
        Throwable overflow = new StackOverflowError("injected");
        Object told = without(memory, () -> Failures.afterwards(overflow));
        require(
                memory ? told instanceof IllegalStateException : told instanceof OutOfMemoryError,
                "afterwards: " + told);
        holdsWithoutMemory(memory);
        endOfAHoldThatWasNotNoted(memory, true);
        endOfAHoldThatWasNotNoted(memory, false);
        lockWithoutMemory(memory);
        resizingWithoutMemory(memory);
        require(
                without(memory, () -> {
                            Rehearsal.run();
                            return "done";
                        })
                        == "done",
                "a rehearsal that fails is left out");
    }

    private static void holdsWithoutMemory(boolean memory) {
        Holds holds = new Holds();
        HeldByThread here = holds.here();
        Object added = without(memory, () -> {
            holds.begin(here, "key", 0L, HoldMode.EXCLUSIVE, true);
            return "done";
        });
        require(added == "done", "a hold that cannot be noted: " + added);
        require(holds.all().size() == (memory ? 1 : 0), "noted if there is memory");
        holds.begin(here, "other", 0L, HoldMode.EXCLUSIVE, true);
        Object ended = without(memory, () -> holds.end(here, "other", 0L, HoldMode.EXCLUSIVE));
        require(Boolean.TRUE.equals(ended), "the end of a hold: " + ended);
        require(holds.of("other", 0L, 0L).isEmpty(), "it is always noted");
        holds.begin(here, "other", 0L, HoldMode.EXCLUSIVE, true);
        HeldByThread another = new HeldByThread(here.thread);
        Object endedByAnother = without(memory, () -> holds.end(another, "other", 0L, HoldMode.EXCLUSIVE));
        require(Boolean.FALSE.equals(endedByAnother), "the end of another's hold: " + endedByAnother);
        require(holds.of("other", 0L, 0L).isEmpty(), "it is always noted, too");
        Object shown = without(memory, () -> holds.await("awaited", 0L, 0L));
        require(memory ? shown instanceof OwnedLock : shown == null, "what is shown to tools: " + shown);
    }

    /** One of two readers, say; the other is noted. */
    private static void endOfAHoldThatWasNotNoted(boolean memory, boolean known) {
        Holds holds = new Holds();
        HeldByThread reader = known ? holds.here() : Holds.NOBODY;
        HeldByThread other = new HeldByThread(new Thread("other"));
        without(memory, () -> {
            holds.begin(reader, "read", 0L, HoldMode.EXCLUSIVE, true);
            return "done";
        });
        boolean noted = memory && known;
        require(holds.all().size() == (noted ? 1 : 0), "noted if there is memory");
        holds.begin(other, "read", 0L, HoldMode.EXCLUSIVE, true);
        HeldByThread here = holds.here(); // by now there is memory for it
        Object somebodys = without(memory, () -> holds.somebodys(here, "read", 0L, HoldMode.EXCLUSIVE));
        require(somebodys == null, "it has a hold, whether that is noted or not: " + somebodys);
        HeldByThread third = HoldsTest.notTakenFor(here, "read", HoldMode.EXCLUSIVE);
        require(holds.somebodys(third, "read", 0L, HoldMode.EXCLUSIVE) != null, "another thread has none");
        Object looked = without(memory, () -> holds.somebodys(third, "read", 0L, HoldMode.EXCLUSIVE));
        require(memory ? looked instanceof Hold : looked == null, "what cannot be looked for is not found: " + looked);
        Object own = without(memory, () -> holds.end(here, "read", 0L, HoldMode.EXCLUSIVE));
        require(Boolean.TRUE.equals(own), "it was its own: " + own);
        require(holds.all().size() == (noted ? 1 : 0), "if it was noted, it is known that the other one is left");
        require(holds.end(other, "read", 0L, HoldMode.EXCLUSIVE), "the other one has not lost its hold");
        holds.begin(other, "read", 0L, HoldMode.EXCLUSIVE, true);
        require(holds.all().size() == 1, "all is known again");
        require(holds.somebodys(here, "read", 0L, HoldMode.EXCLUSIVE).by == other, "and checked again");
    }

    /** Its only waiter waits for it itself, and frees it when it sleeps. */
    private static final class Lock extends WordLock {
        Lock() {
            super(true);
        }

        @Override
        void sleep(long nanos) {
            state = FREE;
        }

        void reallySleep() {
            super.sleep(1L);
        }
    }

    private static void lockWithoutMemory(boolean memory) {
        Lock lock = new Lock();
        Object locked = without(memory, () -> {
            lock.lockSlow();
            return "done";
        });
        require(locked == "done", "a waiter without a place: " + locked);
        require(lock.isHeld(), "it has the lock");
        lock.unlock();
    }

    private static void resizingWithoutMemory(boolean memory) {
        KeyedLot lot = Sleepless.lot(1);
        Sleepless.enqueue(lot, Key.fresh());
        Generation generation = Invariants.currentGeneration(lot.lot.table);
        Resizing resizing = new Resizing(1);
        Object begun = without(memory, () -> resizing.tryBeginToGrow(generation));
        require(begun.equals(memory), "growing begins if there is memory: " + begun);
        require((generation.nextVolatile() != null) == memory, "the next generation");
        generation.casNext(new Generation(2));
        Object moved = without(memory, () -> resizing.moveSome(generation));
        require(moved.equals(memory), "a step is done if there is memory: " + moved);
        require(generation.buckets[0].forwarded == memory, "or not at all");
        require(resizing.moveSome(generation), "and can be done later");
    }

    // ---- no stack

    /** Something that may not throw where there is stack to call it and one more. */
    private abstract static class Attempt {
        private int attempts;
        private boolean reachedTheEnd;
        private Throwable failure;

        abstract void run();

        /** Goes to the end of the stack and, on the way back, tries in every frame. */
        @SuppressWarnings("InfiniteRecursion") // the stack ends it
        final void descend() {
            try {
                descend();
            } catch (StackOverflowError e) {
                reachedTheEnd = true;
            }
            if (failure == null) {
                attempt();
            }
        }

        private void attempt() {
            try {
                call(1L, 2L, 3L, 4L);
            } catch (StackOverflowError e) {
                return; // no room to begin
            }
            attempts++;
            try {
                run();
            } catch (Throwable e) {
                failure = e;
            }
        }

        /** Two calls that take more stack than the one that is tried. */
        private static long call(long a, long b, long c, long d) {
            return callOnce(a, b, c, d, a + b, b + c, c + d, d + a) + 1L;
        }

        private static long callOnce(long a, long b, long c, long d, long e, long f, long g, long h) {
            long sum = a + b + c + d;
            long product = e * f * g * h;
            return sum ^ product;
        }

        final void check(boolean full, String what) {
            if (!full) {
                run();
                return;
            }
            Thread thread = new Thread(null, this::descend, what, 512L * 1024L);
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts", e);
            }
            require(reachedTheEnd && attempts > 0, "the premise: " + what);
            if (failure != null) {
                throw new AssertionError(what, failure);
            }
        }
    }

    private static void noStack(boolean full) {
        Holds holds = new Holds();
        HeldByThread here = holds.here();
        new Attempt() {
            @Override
            void run() {
                holds.begin(here, "key", 0L, HoldMode.EXCLUSIVE, false);
            }
        }.check(full, "a hold that cannot be noted for want of stack");
        for (int noted = holds.all().size(); noted > 0; noted--) {
            require(holds.end(here, "key", 0L, HoldMode.EXCLUSIVE), "what is noted can be ended");
        }
        require(holds.all().isEmpty() && here.isEmpty(), "the two records agree");
        Throwable first = new IllegalStateException("first");
        Throwable second = new IllegalStateException("second");
        new Attempt() {
            @Override
            void run() {
                Failures.add(first, second);
            }
        }.check(full, "a failure that cannot be noted for want of stack");
        Lock lock = new Lock();
        new Attempt() {
            @Override
            void run() {
                lock.reallySleep();
            }
        }.check(full, "a sleep for which there is no stack");
        lookAtSizeWithoutStack(full);
    }

    /** While the size changes, so that the look does some of the work. */
    private static void lookAtSizeWithoutStack(boolean full) {
        KeyedLot lot = Sleepless.lot(1);
        Table table = lot.lot.table;
        Generation generation = Invariants.currentGeneration(table);
        generation.casNext(new Generation(2));
        new Attempt() {
            @Override
            void run() {
                table.lookAtSize(generation.buckets[0]);
            }
        }.check(full, "a look at the size for which there is no stack");
        require(generation.buckets[0].forwarded, "in the end there was stack enough");
    }
}
