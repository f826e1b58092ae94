package dev.parkinglot.report;

/** Describes where the measurements are made. */
final class Machine {
    private Machine() {}

    static int jdk() {
        return Runtime.version().feature();
    }

    static String java() {
        return System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version");
    }

    static String hardware() {
        String model = Interference.linesOf("cpuinfo").stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        return Runtime.getRuntime().availableProcessors() + " x " + model + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version");
    }
}
