package dev.parkinglot.core;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Objects;

/**
 * A mistake that the checking mode has found: see {@link LockChecks}.
 *
 * @param check which check has found it
 * @param message what is wrong
 * @param places where in the program, as far as that is known: throwables that were never thrown
 */
public record LockReport(LockCheck check, String message, List<Throwable> places) {
    /**
     * Copies the list.
     *
     * @param check which check has found it
     * @param message what is wrong
     * @param places where in the program
     */
    public LockReport {
        Objects.requireNonNull(check, "check");
        Objects.requireNonNull(message, "message");
        places = List.copyOf(places);
    }

    /**
     * Tells everything, for people.
     *
     * @return the message, and the places with their stacks
     */
    @Override
    public String toString() {
        StringWriter text = new StringWriter();
        PrintWriter lines = new PrintWriter(text);
        lines.println(message);
        for (Throwable place : places) {
            place.printStackTrace(lines);
        }
        lines.flush();
        return text.toString().stripTrailing();
    }
}
