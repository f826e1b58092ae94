package dev.parkinglot.core;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.stream.Collectors;

/** What a program wants to have recorded and checked, until {@link Switches} decides. */
final class Wishes {
    private static final String ALL = "all";

    /** No {@code EnumSet}: it is made by reflection, for which the JDK may make classes, in every JVM. */
    private static final Set<LockCheck> CHECKS = new HashSet<>();

    private static boolean records;
    private static boolean decided;

    private Wishes() {}

    /** That holders be recorded. */
    static synchronized void addRecords() {
        requireInTime(records);
        records = true;
    }

    static synchronized void addChecks(Collection<LockCheck> checks) {
        requireInTime(CHECKS.containsAll(checks));
        CHECKS.addAll(checks);
    }

    private static void requireInTime(boolean granted) {
        if (decided && !granted) {
            throw new IllegalStateException("too late, a lock has been used already: call this first in main, or set "
                    + DeadlockDetector.PROPERTY + " or " + LockChecks.PROPERTY);
        }
    }

    static synchronized Set<LockCheck> decideChecks() {
        decided = true;
        String names = propertyOrEmpty(LockChecks.PROPERTY);
        if (!names.isEmpty()) {
            addNamed(names);
        }
        return CHECKS;
    }

    static synchronized boolean decideRecords() {
        records |= !CHECKS.isEmpty() || Boolean.parseBoolean(propertyOrEmpty(DeadlockDetector.PROPERTY));
        return records;
    }

    private static String propertyOrEmpty(String name) {
        try {
            return System.getProperty(name, "");
        } catch (SecurityException e) {
            return ""; // nobody is known to have asked for it
        }
    }

    /** A wrong name is no reason for a lock to fail: it is one warning. */
    private static void addNamed(String names) {
        StringTokenizer titles = new StringTokenizer(names, ", ");
        while (titles.hasMoreTokens()) {
            String title = titles.nextToken();
            boolean known = false;
            for (LockCheck check : LockCheck.values()) {
                if (title.equals(ALL) || title.equals(check.title())) {
                    CHECKS.add(check);
                    known = true;
                }
            }
            if (!known) {
                DeadlockDetector.logger()
                        .log(
                                Level.WARNING,
                                "-D" + LockChecks.PROPERTY + ": there is no check \"" + title + "\"; there are " + ALL
                                        + ", "
                                        + Arrays.stream(LockCheck.values())
                                                .map(LockCheck::title)
                                                .collect(Collectors.joining(", ")));
            }
        }
    }
}
