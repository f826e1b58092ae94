package dev.parkinglot.parkers;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Something that a machine has or has not, found out at first use by trying it. The answer never changes afterwards.
 *
 * <p>Threads that ask at the same time may all try, and the first answer is everybody's. So nobody waits for another
 * thread here, which may be busy loading a class that this one is responsible for.
 *
 * @param <T> what there is, if there is
 */
final class Probe<T> {
    /** One try. */
    interface Attempt<T> {
        T make() throws UnavailableException;
    }

    /** One of the two is null. */
    private record Answer<T>(T found, String unavailableReason) {}

    private final Attempt<T> attempt;

    /** Null until somebody has tried. Not through a VarHandle, whose static initializer could be lost. */
    private final AtomicReference<Answer<T>> answer = new AtomicReference<>();

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

    private Answer<T> answerAcquire() {
        return answer.getAcquire();
    }

    private Answer<T> caeAnswer(Answer<T> value) {
        return answer.compareAndExchange(null, value);
    }
}
