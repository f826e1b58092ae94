package dev.parkinglot.report;

import dev.parkinglot.report.Catalogue.Chart;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A chart of the page: a line for each competitor, ours solid in blue and green, theirs dashed in red and yellow. Each
 * point lies where its figure is, on a logarithmic horizontal axis.
 */
final class LineChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 320;

    /** Of figures that lie further apart than this, a linear axis shows the least as nothing. */
    private static final double GREATEST_LINEAR_RATIO = 20.0;

    private static final double GREATEST_POWER_OF_TWO = 64.0;

    private static final Color GRID = new Color(0xDDDDDD);
    private static final Color TEXT = new Color(0x333333);
    private static final BasicStroke SOLID = new BasicStroke(2.5f);
    private static final BasicStroke DASHED =
            new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1.0f, new float[] {5.0f, 3.0f}, 0.0f);
    private static final List<Color> OURS =
            List.of(new Color(0x0072B2), new Color(0x56B4E9), new Color(0x009E73), new Color(0x6A51A3));
    private static final List<Color> THEIRS =
            List.of(new Color(0xD55E00), new Color(0xE69F00), new Color(0xC04A7A), new Color(0x7F7F7F));

    private final Catalogue catalogue;
    private final Chart chart;
    private final List<Result> results;

    /** The results are those of the chart's section, on one JDK. */
    LineChart(Catalogue catalogue, Chart chart, List<Result> results) {
        this.catalogue = catalogue;
        this.chart = chart;
        this.results = results.stream()
                .filter(result ->
                        result.dimensions().entrySet().containsAll(chart.where().entrySet()))
                .toList();
    }

    private String vertical() {
        if (chart.metrics() == null) {
            return new Metric("", results.get(0).unit("")).title();
        }
        Metric metric = new Metric(
                "", results.get(0).unit(chart.metrics().keySet().iterator().next()));
        return "wait, " + metric.unit() + " (" + metric.direction() + ")";
    }

    /** For each competitor the figures by their places; empty without results. */
    Map<String, SortedMap<Double, Double>> lines() {
        String competitor = catalogue.competitorDimension(
                results.stream().map(Result::dimensions).toList());
        Map<String, SortedMap<Double, Double>> lines = new LinkedHashMap<>();
        for (Result result : results) {
            Map<String, String> dimensions = result.dimensions();
            SortedMap<Double, Double> line =
                    lines.computeIfAbsent(dimensions.getOrDefault(competitor, ""), any -> new TreeMap<>());
            if (chart.metrics() == null) {
                line.put(Double.valueOf(dimensions.get(chart.x())), result.median(""));
            } else {
                chart.metrics().forEach((metric, place) -> line.put(place, result.median(metric)));
            }
        }
        return lines;
    }

    /** The chart as SVG; empty without results. */
    String svg(int jdk) {
        Map<String, SortedMap<Double, Double>> lines = lines();
        if (lines.isEmpty()) {
            return "";
        }
        XYChart drawing = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(chart.title() + ", JDK " + jdk)
                .xAxisTitle(chart.axis())
                .yAxisTitle(vertical())
                .build();
        style(drawing.getStyler());
        List<Double> all = lines.values().stream()
                .flatMap(line -> line.values().stream())
                .sorted()
                .toList();
        boolean logarithmic = all.get(all.size() - 1) / all.get(0) > GREATEST_LINEAR_RATIO;
        drawing.getStyler().setYAxisLogarithmic(logarithmic);
        if (!logarithmic) {
            drawing.getStyler().setYAxisMin(0.0);
        }
        double base = base(lines.values());
        drawing.setCustomXAxisTickLabelsFormatter(tick -> label(base, tick));
        int ours = 0;
        int theirs = 0;
        for (Map.Entry<String, SortedMap<Double, Double>> line : lines.entrySet()) {
            boolean isOurs = catalogue.peer(line.getKey()).ours();
            Color colour = isOurs ? OURS.get(ours++ % OURS.size()) : THEIRS.get(theirs++ % THEIRS.size());
            addLine(drawing, line.getKey(), base, line.getValue(), colour);
        }
        return encode(drawing);
    }

    /** Powers of two are marked where there are only small places, such as numbers of threads. */
    private static double base(Collection<SortedMap<Double, Double>> lines) {
        return lines.stream().allMatch(line -> line.lastKey() <= GREATEST_POWER_OF_TWO) ? 2.0 : 10.0;
    }

    /** What to write at a mark: only powers of the base have a label. */
    static String label(double base, double exponent) {
        return Math.abs(exponent - Math.rint(exponent)) < 1e-6 ? Metric.place(Math.pow(base, exponent)) : "";
    }

    private void addLine(
            XYChart drawing, String competitor, double base, SortedMap<Double, Double> line, Color colour) {
        List<Double> places = line.keySet().stream()
                .map(place -> Math.log(place) / Math.log(base))
                .toList();
        XYSeries series = drawing.addSeries(catalogue.peer(competitor).name(), places, new ArrayList<>(line.values()));
        boolean ours = catalogue.peer(competitor).ours();
        series.setLineColor(colour);
        series.setLineStyle(ours ? SOLID : DASHED);
        series.setMarker(ours ? SeriesMarkers.CIRCLE : SeriesMarkers.SQUARE);
        series.setMarkerColor(colour);
    }

    private static void style(AxesChartStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1.0f)); // dashes would make the picture five times as large
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setChartFontColor(TEXT);
        styler.setChartTitleFont(plain.deriveFont(Font.BOLD, 14.0f));
        styler.setAxisTitleFont(plain);
        styler.setAxisTickLabelsFont(plain);
        styler.setLegendFont(plain);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendPosition(Styler.LegendPosition.OutsideE);
        styler.setAxisTicksLineVisible(false);
        styler.setMarkerSize(6);
        styler.setDecimalPattern("#,##0.###");
    }

    private static String encode(XYChart drawing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(drawing, bytes, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.UTF_8)
                .replaceAll("clip\\d+", "clip") // a number that differs in each run
                .replaceAll("(\\.\\d)\\d+", "$1")
                .replaceAll(">\\s+<", "><");
    }
}
