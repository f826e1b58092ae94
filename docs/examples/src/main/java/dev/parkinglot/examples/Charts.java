package dev.parkinglot.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The charts of the report, as pictures of twice the size at which they are shown, so that they stay sharp. */
final class Charts {
    static final int WIDTH = 640;
    static final int HEIGHT = 340;
    private static final int SCALE = 2;

    /** With more bars than these, the names would run into each other. */
    private static final int MAX_LEVEL_NAMES = 4;

    /** Of more names, in degrees: so steep that the longest does not overlap its neighbour, or XChart leaves it out. */
    private static final int SLOPE = 35;

    /**
     * Okabe and Ito's colours, which most colour-blind readers can tell apart; each entrant keeps its own in all
     * charts.
     */
    private static final Color[] COLORS = {
        new Color(0x0072B2), new Color(0x56B4E9), new Color(0xD55E00), new Color(0xE69F00),
        new Color(0x009E73), new Color(0xCC79A7), new Color(0x7F7F7F), new Color(0x000000)
    };

    private static final Color GRID = new Color(0xDDDDDD);
    private static final Color TEXT = new Color(0x333333);

    private final List<Standing> standings;

    /**
     * Prepares charts.
     *
     * @param standings of all entrants, disqualified ones included
     */
    Charts(List<Standing> standings) {
        this.standings = standings;
    }

    /**
     * Draws a bar for each entrant, the median, and a dot for each race.
     *
     * @param metric what to draw
     * @return a PNG picture
     */
    byte[] bars(Metric metric) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(metric.label() + ", " + metric.unit())
                .build();
        style(chart.getStyler());
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setOverlapped(true); // one series for each entrant, so that each has its colour
        chart.getStyler().setAvailableSpaceFill(0.6);
        chart.getStyler().setXAxisLabelRotation(standings.size() > MAX_LEVEL_NAMES ? SLOPE : 0);
        chart.getStyler().setYAxisMin(0.0);
        List<String> names =
                standings.stream().map(standing -> standing.entrant().name()).toList();
        for (int i = 0; i < standings.size(); i++) {
            Standing.Spread spread = standings.get(i).spread(metric);
            if (!Double.isNaN(spread.median())) {
                CategorySeries series = chart.addSeries(names.get(i), names, only(i, spread.median()));
                series.setFillColor(COLORS[i % COLORS.length]);
            }
        }
        if (chart.getSeriesMap().isEmpty()) {
            return new byte[0];
        }
        addDots(chart, metric, names);
        return png(chart);
    }

    private void addDots(CategoryChart chart, Metric metric, List<String> names) {
        for (int i = 0; i < standings.size(); i++) {
            for (Outcome outcome : standings.get(i).outcomes()) {
                if (!Double.isNaN(metric.of(outcome))) {
                    String unique = "dot " + chart.getSeriesMap().size();
                    CategorySeries dot = chart.addSeries(unique, names, only(i, metric.of(outcome)));
                    dot.setChartCategorySeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Scatter);
                    dot.setMarker(SeriesMarkers.CIRCLE);
                    dot.setMarkerColor(TEXT);
                }
            }
        }
    }

    private List<Double> only(int index, double value) {
        List<Double> values = new ArrayList<>(Collections.nCopies(standings.size(), null));
        values.set(index, value);
        return values;
    }

    /**
     * Draws how long the unluckiest acquisitions waited: one in 2, one in 10, one in a million.
     *
     * @param curve of which acquisitions
     * @return a PNG picture
     */
    byte[] waits(Discipline.Curve curve) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(curve.title() + ", microseconds")
                .xAxisTitle("one acquisition in")
                .build();
        style(chart.getStyler());
        chart.getStyler().setDecimalPattern("#,##0.##");
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        for (int i = 0; i < standings.size(); i++) {
            Standing standing = standings.get(i);
            if (standing.defect().isEmpty()) {
                addCurve(chart, curve, standing, COLORS[i % COLORS.length]);
            }
        }
        return chart.getSeriesMap().isEmpty() ? new byte[0] : png(chart);
    }

    private static void addCurve(XYChart chart, Discipline.Curve curve, Standing standing, Color color) {
        Histogram waits = Waits.newHistogram();
        standing.outcomes().forEach(outcome -> waits.add(curve.waits().apply(outcome)));
        List<Double> oneIn = new ArrayList<>();
        List<Double> micros = new ArrayList<>();
        for (double n = 2.0; n <= waits.getTotalCount(); n *= 1.25) {
            oneIn.add(n);
            long nanos = Math.max(1L, waits.getValueAtPercentile(100.0 - 100.0 / n));
            micros.add((double) nanos / TimeUnit.MICROSECONDS.toNanos(1));
        }
        XYSeries series = chart.addSeries(standing.entrant().name(), oneIn, micros);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(2.0f));
    }

    private static void style(AxesChartStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setChartFontColor(TEXT);
        styler.setChartTitleFont(plain.deriveFont(Font.BOLD, 14f));
        styler.setAxisTitleFont(plain);
        styler.setAxisTickLabelsFont(plain);
        styler.setLegendFont(plain);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setChartPadding(10);
        styler.setMarkerSize(5);
        styler.setAxisTicksLineVisible(false);
    }

    private static byte[] png(Chart<?, ?> chart) {
        BufferedImage image = new BufferedImage(WIDTH * SCALE, HEIGHT * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(SCALE, SCALE);
        chart.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new AssertionError("memory cannot fail to be written", e);
        }
        return bytes.toByteArray();
    }
}
