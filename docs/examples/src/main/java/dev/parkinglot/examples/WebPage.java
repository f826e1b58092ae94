package dev.parkinglot.examples;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A page in one file, which needs no other file and no network: a template, the data, and ECharts, which draws it. */
public final class WebPage {
    private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.min.js";

    private WebPage() {}

    /** Fills in a template, a resource in which {@code @echarts@} and {@code @data@} stand for script and data. */
    public static String of(String template, Gson gson, Object data) throws IOException {
        return resource(template)
                .replace("@echarts@", resource(ECHARTS).replace("</script", "<\\/script"))
                .replace("@data@", gson.toJson(data).replace("</", "<\\/"));
    }

    private static String resource(String name) throws IOException {
        try (InputStream resource = WebPage.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IOException(name + " is not on the class path");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
