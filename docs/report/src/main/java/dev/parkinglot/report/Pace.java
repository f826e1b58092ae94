package dev.parkinglot.report;

/**
 * How long to measure.
 *
 * @param warmups iterations that do not count
 * @param warmupMillis how long each of them takes
 * @param iterations iterations that count; single shots take as long as they take
 * @param millis how long each of them takes
 * @param rounds how often all competitors are measured in turn
 */
record Pace(int warmups, int warmupMillis, int iterations, int millis, int rounds) {
    /**
     * With sixteen threads on two processors the compilers get little time: after 200 ms our code was a fifth to a
     * quarter slower than the JDK's where after seconds it was a tenth (docs/decisions.md, 44).
     */
    static final Pace NORMAL = new Pace(3, 300, 1, 350, 3);

    Pace quick() {
        return new Pace(1, warmupMillis, 1, millis / 2, 1);
    }

    @Override
    public String toString() {
        String inTurn = rounds + (rounds == 1 ? " round" : " rounds in turn");
        return iterations == 0
                ? inTurn
                : inTurn + ", each a fork with " + shots(warmups, warmupMillis) + " to warm up and "
                        + shots(iterations, millis) + " measured";
    }

    private static String shots(int count, int millis) {
        return millis == 0 ? count + (count == 1 ? " single shot" : " single shots") : count + " x " + millis + " ms";
    }
}
