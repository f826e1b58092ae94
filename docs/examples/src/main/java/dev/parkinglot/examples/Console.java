package dev.parkinglot.examples;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;

/** What the example programs have in common: whatever goes wrong is one line on the standard error and an exit code. */
public final class Console {
    /** The exit code of a program that could not do what it was asked to. */
    public static final int FAILED = 1;

    private static final int WRONG_ARGUMENTS = 2;
    private static final int INTERRUPTED = 130;

    private final String name;
    private final PrintStream out;
    private final PrintStream err;

    /** A program's name, with which each complaint begins, and where its output and its complaints go. */
    public Console(String name, PrintStream out, PrintStream err) {
        this.name = name;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs a command of picocli, and returns the exit code. The messages of explained exceptions are for the user;
     * others are named, too.
     */
    public int run(Object command, Class<? extends Exception> explained, String... args) {
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true, Charset.defaultCharset()))
                .setParameterExceptionHandler((e, unused) -> complain(WRONG_ARGUMENTS, e.getMessage()))
                .setExecutionExceptionHandler((e, line, unused) -> complainAbout(e, explained))
                .execute(args);
    }

    private int complainAbout(Exception failure, Class<? extends Exception> explained) {
        if (failure instanceof InterruptedException) {
            return complain(INTERRUPTED, "interrupted");
        }
        return complain(FAILED, explained.isInstance(failure) ? failure.getMessage() : failure.toString());
    }

    /** Prints the first line of a message, and returns the exit code. */
    public int complain(int exitCode, String message) {
        err.println(name + ": " + message.lines().findFirst().orElse("failed"));
        return exitCode;
    }
}
