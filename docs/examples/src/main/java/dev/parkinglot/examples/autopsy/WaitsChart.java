package dev.parkinglot.examples.autopsy;

import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;

/** How long threads have waited, over time: a dot for each wait, a colour for each of the hottest locks. */
final class WaitsChart {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 420;
    private static final int MAX_LOCKS = 8;
    private static final int DOT = 7;

    private WaitsChart() {}

    /**
     * Draws the chart.
     *
     * @param moments at least one
     * @return a PNG picture
     */
    static byte[] png(List<Findings.Moment> moments) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Waits over time, milliseconds")
                .xAxisTitle("seconds")
                .build();
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        chart.getStyler().setLegendBorderColor(Color.WHITE);
        chart.getStyler().setMarkerSize(DOT);
        chart.getStyler().setYAxisMin(0.0);
        byLock(moments)
                .forEach((lock, some) -> chart.addSeries(
                        lock,
                        some.stream().map(Findings.Moment::seconds).toList(),
                        some.stream().map(Findings.Moment::millis).toList()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BitmapEncoder.saveBitmap(chart, bytes, BitmapEncoder.BitmapFormat.PNG);
        return bytes.toByteArray();
    }

    /** The locks with the longest waits by themselves, and the rest together. */
    private static Map<String, List<Findings.Moment>> byLock(List<Findings.Moment> moments) {
        Map<String, Double> longest = new TreeMap<>();
        moments.forEach(moment -> longest.merge(moment.lock(), moment.millis(), Math::max));
        List<String> hottest = longest.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(MAX_LOCKS)
                .map(Map.Entry::getKey)
                .toList();
        Map<String, List<Findings.Moment>> series = new TreeMap<>();
        moments.forEach(moment -> series.computeIfAbsent(
                        hottest.contains(moment.lock()) ? moment.lock() : "other locks", any -> new ArrayList<>())
                .add(moment));
        return series;
    }
}
