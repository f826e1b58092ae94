package dev.parkinglot.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Runs a scenario in every order of its steps: whenever several threads can run, each of them is the next in some run.
 *
 * <pre>{@code
 * Schedules.all(lot -> {
 *     Gate gate = new Gate();
 *     lot.thread("waiter", gate::await);
 *     lot.thread("opener", gate::open);
 *     return () -> Schedules.requireAllEnded(lot);
 * });
 * }</pre>
 *
 * <p>A step leads from one stop of {@link DrivenLot} to the next. So this finds what goes wrong between a synchronizer
 * and the lot, and nothing that lies within a step. (A thread stops before an unpark, and not after it: where that
 * matters, let it {@link DrivenLot#stop} there.) The number of runs grows fast with the number of threads and of their
 * steps: two or three threads, with one or two operations each, are what it is for. Ten thousand runs take some ten
 * seconds.
 *
 * <p>Idea: stateless search, as in VeriSoft (Patrice Godefroid, 1997).
 */
public final class Schedules {
    /** More runs than this are taken for a mistake of the scenario. */
    private static final int MAX_RUNS = 100_000;

    private static final int MAX_STEPS = 1_000;

    private static final int LONGEST_REPORT = 50;

    private final Scenario scenario;
    private final ThreadFactory factoryOrNull;
    /** Which of the threads that could run was let go at each step, and how many there were. */
    private final List<Integer> choices = new ArrayList<>();

    private final List<Integer> options = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();

    private Schedules(Scenario scenario, ThreadFactory factoryOrNull) {
        this.scenario = scenario;
        this.factoryOrNull = factoryOrNull;
    }

    static int upTo(int maxRuns, Scenario scenario) {
        return new Schedules(scenario, null).search(maxRuns);
    }

    /**
     * Runs a scenario in every order, on platform threads.
     *
     * @param scenario the threads, and what must hold in the end
     * @return how many orders there were
     * @throws AssertionError if the scenario fails; it tells the order in which it does, as the last fifty steps.
     *     Or if there are more than a hundred thousand orders, or one without end
     */
    public static int all(Scenario scenario) {
        return upTo(MAX_RUNS, scenario);
    }

    /**
     * Runs a scenario in every order, on threads of some kind.
     *
     * @param factory makes the threads, such as {@code Thread.ofVirtual().factory()}
     * @param scenario the threads, and what must hold in the end
     * @return how many orders there were
     * @throws AssertionError as the other form
     */
    public static int all(ThreadFactory factory, Scenario scenario) {
        return new Schedules(scenario, factory).search(MAX_RUNS);
    }

    /**
     * What most scenarios check: nobody sleeps for ever. (A thread that has failed makes the run fail anyway, unless
     * the scenario asks for its {@linkplain DrivenThread#failure failure}.)
     *
     * @param lot of the run
     * @throws AssertionError if a thread has not ended
     */
    public static void requireAllEnded(DrivenLot lot) {
        for (DrivenThread thread : lot.threads()) {
            if (!thread.hasEnded()) {
                throw new AssertionError("not all threads have ended: " + lot.threads());
            }
        }
    }

    private int search(int maxRuns) {
        int runs = 0;
        do {
            if (++runs > maxRuns) {
                throw new AssertionError("more than " + maxRuns + " orders: use fewer threads, or fewer steps");
            }
            try {
                runOnce();
            } catch (Throwable failure) {
                throw new AssertionError("run " + runs + " fails; its last steps were " + lastSteps(), failure);
            }
        } while (nextChoices());
        return runs;
    }

    private void runOnce() throws Throwable {
        steps.clear();
        options.clear();
        try (DrivenLot lot = factoryOrNull == null ? new DrivenLot() : new DrivenLot(factoryOrNull)) {
            Body check = scenario.prepare(lot);
            for (int step = 0; ; step++) {
                List<DrivenThread> runnable = new ArrayList<>(lot.threads());
                runnable.removeIf(thread -> !thread.canRun());
                if (runnable.isEmpty()) {
                    break;
                }
                if (step == MAX_STEPS) {
                    throw new AssertionError("the threads go on without end");
                }
                if (step == choices.size()) {
                    choices.add(0);
                }
                options.add(runnable.size());
                DrivenThread next = runnable.get(choices.get(step));
                String from = next.toString();
                next.step();
                steps.add(from);
            }
            check.run();
        }
    }

    private List<String> lastSteps() {
        return steps.subList(Math.max(0, steps.size() - LONGEST_REPORT), steps.size());
    }

    /** Goes back to the last step at which another thread could have been next, and chooses that. */
    private boolean nextChoices() {
        while (!choices.isEmpty()) {
            int last = choices.size() - 1;
            int choice = choices.remove(last) + 1;
            if (choice < options.get(last)) {
                choices.add(choice);
                return true;
            }
        }
        return false;
    }
}
