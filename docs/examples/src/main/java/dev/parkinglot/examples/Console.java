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

    /**
     * Makes the console of a program.
     *
     * @param name the program's name, with which each complaint begins
     * @param out for what it was asked for
     * @param err for complaints
     */
    public Console(String name, PrintStream out, PrintStream err) {
        this.name = name;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs a program.
     *
     * @param command annotated for picocli
     * @param explained exceptions of this class have messages for the user; others are named, too
     * @param args its arguments
     * @return the exit code
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

    /**
     * Tells what went wrong.
     *
     * @param exitCode what to return
     * @param message its first line is printed
     * @return the exit code
     */
    public int complain(int exitCode, String message) {
        err.println(name + ": " + message.lines().findFirst().orElse("failed"));
        return exitCode;
    }
}
