package dev.parkinglot.parkers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * Something that a machine has or has not, found out at first use by trying it. The answer never changes afterwards.
 *
 * <p>Threads that ask at the same time may all try, and the first answer is everybody's. So nobody waits for another
 * thread here, which may be busy loading a class that this one is responsible for.
 *
 * @param <T> what there is, if there is
 */
final class Probe<T> {
    private static final VarHandle ANSWER;

    static {
        try {
            ANSWER = MethodHandles.lookup().findVarHandle(Probe.class, "answer", Answer.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** One try. */
    interface Attempt<T> {
        T make() throws UnavailableException;
    }

    /** One of the two is null. */
    private record Answer<T>(T found, String unavailableReason) {}

    private final Attempt<T> attempt;

    /** Null until somebody has tried. */
    @SuppressWarnings("unused") // through ANSWER
    private Answer<T> answer;

    Probe(Attempt<T> attempt) {
        this.attempt = attempt;
    }

    /** What was found; null if there is nothing. */
    T foundOrNull() {
        return answer().found;
    }

    /** Why there is nothing. */
    Optional<String> unavailableReason() {
        return Optional.ofNullable(answer().unavailableReason);
    }

    private Answer<T> answer() {
        Answer<T> known = answerAcquire();
        return known != null ? known : firstAnswer();
    }

    private Answer<T> firstAnswer() {
        Answer<T> mine = tried();
        Answer<T> others = caeAnswer(mine);
        return others != null ? others : mine;
    }

    /** Out of memory or stack is no answer: it goes to the caller, and the next one tries again. */
    private Answer<T> tried() {
        try {
            return new Answer<>(attempt.make(), null);
        } catch (UnavailableException e) {
            return new Answer<>(null, e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            return new Answer<>(null, "it cannot be set up, " + e);
        }
    }

    @SuppressWarnings("unchecked")
    private Answer<T> answerAcquire() {
        return (Answer<T>) ANSWER.getAcquire(this);
    }

    @SuppressWarnings("unchecked")
    private Answer<T> caeAnswer(Answer<T> value) {
        return (Answer<T>) ANSWER.compareAndExchange(this, (Answer<T>) null, value);
    }
}
