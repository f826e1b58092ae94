package dev.parkinglot.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.parkinglot.report.Catalogue.Section;
import org.openjdk.jol.info.GraphLayout;

/**
 * Weighs objects with JOL, in this JVM, and tells it in the form of a result of JMH; everything else goes to another
 * instrument.
 */
final class Footprint implements Measuring.Instrument {
    /** What trials of weights have instead of a benchmark. Their parameter is the name of a class. */
    static final String BENCHMARK = "org.openjdk.jol.GraphLayout.totalSize";

    static final String PARAMETER = "class";

    private final Measuring.Instrument otherwise;

    Footprint(Measuring.Instrument otherwise) {
        this.otherwise = otherwise;
    }

    @Override
    public JsonObject measure(Section section, Trial trial) throws Measuring.FailedException {
        if (!trial.benchmark().equals(BENCHMARK)) {
            return otherwise.measure(section, trial);
        }
        Object object = create(trial);
        JsonObject size = new JsonObject();
        size.addProperty("score", (double) GraphLayout.parseInstance(object).totalSize());
        size.addProperty("scoreUnit", "B");
        JsonObject params = new JsonObject();
        trial.params().forEach(params::addProperty);
        JsonObject json = new JsonObject();
        json.addProperty("benchmark", trial.benchmark());
        json.addProperty("threads", 1);
        JsonArray jvmArgs = new JsonArray();
        Result.notes().forEach(jvmArgs::add);
        json.add("jvmArgs", jvmArgs);
        json.addProperty("vmName", System.getProperty("java.vm.name"));
        json.addProperty("vmVersion", System.getProperty("java.vm.version"));
        json.add("params", params);
        json.add("primaryMetric", size);
        json.add("secondaryMetrics", new JsonObject());
        return json;
    }

    private static Object create(Trial trial) throws Measuring.FailedException {
        try {
            return Class.forName(trial.params().get(PARAMETER)).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new Measuring.FailedException(trial + ": cannot make one", e);
        }
    }
}
