package dev.parkinglot.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one fork measures.
 *
 * @param benchmark class and method
 * @param threads how many threads run the method
 * @param params parameters of JMH
 * @param properties system properties of the fork
 * @param jvmArgs what else the fork is started with, on a JDK that has native access
 */
record Trial(
        String benchmark,
        int threads,
        Map<String, String> params,
        Map<String, String> properties,
        List<String> jvmArgs) {
    static final String METHOD = "method";

    /** The first release that knows the flag for native access. */
    private static final int NATIVE_ACCESS = 22;

    /**
     * Everything by which this trial can differ from others of the same class; properties without the packages in
     * front.
     */
    Map<String, String> dimensions() {
        Map<String, String> dimensions = new LinkedHashMap<>();
        dimensions.put(METHOD, benchmark.substring(benchmark.lastIndexOf('.') + 1));
        dimensions.putAll(params);
        dimensions.put("threads", String.valueOf(threads));
        properties.forEach((name, value) -> dimensions.put(name.substring(name.lastIndexOf('.') + 1), value));
        return dimensions;
    }

    /** What the fork's JVM is started with on a JDK. */
    List<String> arguments(int jdk) {
        List<String> arguments = new ArrayList<>(jdk >= NATIVE_ACCESS ? jvmArgs : List.of());
        properties.forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        return arguments;
    }
}
