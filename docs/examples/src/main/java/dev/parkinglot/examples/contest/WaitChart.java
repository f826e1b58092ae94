package dev.parkinglot.examples.contest;

import dev.parkinglot.examples.contest.Tournament.Standing;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How long the unluckiest acquisitions waited: one in 2, one in 10, one in a million. A line for each lock. */
final class WaitChart {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 300;
    private static final double STEP = 1.25;

    /** Stands for the colour of the text around the picture, which is another in dark mode. */
    private static final Color TEXT = new Color(1, 2, 3);

    private static final Color GRID = new Color(128, 128, 128, 60);
    private static final Color TRANSPARENT = new Color(0, 0, 0, 0);
    private static final BasicStroke SOLID = new BasicStroke(2.0f);
    private static final BasicStroke DASHED =
            new BasicStroke(2.0f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1.0f, new float[] {5.0f, 3.0f}, 0.0f);

    /** For our locks: blue and green. All are of a lightness that can be seen on white and on black. */
    private static final List<String> OUR_COLOURS = List.of("#1f7fbf", "#5db8e8", "#00a077", "#7d6bd0", "#3aa6a6");

    /** For those of the JDK: red and yellow. */
    private static final List<String> THEIR_COLOURS = List.of("#d55e00", "#e0a000", "#c04a7a");

    private WaitChart() {}

    /**
     * The colour of an entrant.
     *
     * @param standings all entrants
     * @param standing one of them
     * @return a colour as the web writes it
     */
    static String colour(List<Standing> standings, Standing standing) {
        boolean ours = standing.entrant().ours();
        List<String> colours = ours ? OUR_COLOURS : THEIR_COLOURS;
        List<Standing> alike = standings.stream()
                .filter(other -> other.entrant().ours() == ours)
                .toList();
        return colours.get(alike.indexOf(standing) % colours.size());
    }

    /**
     * Draws.
     *
     * @param standings of all entrants, disqualified ones included
     * @param waits which of their waits
     * @return a picture that can stand in a page as it is, without a legend; empty if there is nothing to draw
     */
    static String svg(List<Standing> standings, Function<Outcome, Histogram> waits) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle("one acquisition in ...")
                .yAxisTitle("waits at least, ms")
                .build();
        style(chart.getStyler());
        for (Standing standing : standings) {
            if (standing.defect().isEmpty()) {
                addCurve(chart, standing, waits, Color.decode(colour(standings, standing)));
            }
        }
        return chart.getSeriesMap().isEmpty() ? "" : encode(chart);
    }

    private static void addCurve(XYChart chart, Standing standing, Function<Outcome, Histogram> waits, Color colour) {
        Histogram sum = ContestLock.newWaits();
        standing.outcomes().forEach(outcome -> sum.add(waits.apply(outcome)));
        List<Double> oneIn = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        for (double n = 2.0; n <= sum.getTotalCount(); n *= STEP) {
            oneIn.add(n);
            long nanos = Math.max(1L, sum.getValueAtPercentile(100.0 - 100.0 / n));
            millis.add((double) nanos / TimeUnit.MILLISECONDS.toNanos(1));
        }
        if (!oneIn.isEmpty()) {
            XYSeries series = chart.addSeries(standing.entrant().name(), oneIn, millis);
            series.setMarker(SeriesMarkers.NONE);
            series.setLineColor(colour);
            series.setLineStyle(standing.entrant().ours() ? SOLID : DASHED);
        }
    }

    private static void style(AxesChartStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        styler.setLegendVisible(false);
        styler.setXAxisLogarithmic(true);
        styler.setYAxisLogarithmic(true);
        styler.setDecimalPattern("#,##0.####");
        styler.setChartBackgroundColor(TRANSPARENT);
        styler.setPlotBackgroundColor(TRANSPARENT);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1.0f)); // dashes would make the picture five times as large
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setAxisTicksLineVisible(false);
        styler.setAxisTicksMarksVisible(false);
        styler.setChartFontColor(TEXT);
        styler.setAxisTickLabelsFont(plain);
        styler.setAxisTitleFont(plain);
        styler.setXAxisTickLabelsColor(TEXT);
        styler.setYAxisTickLabelsColor(TEXT);
        styler.setChartPadding(4);
    }

    private static String encode(XYChart chart) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new AssertionError("memory cannot fail to be written", e);
        }
        String svg = bytes.toString(StandardCharsets.UTF_8);
        return svg.substring(svg.indexOf("<svg"))
                .replace("rgb(1,2,3)", "currentColor")
                .replaceAll("(\\.\\d\\d)\\d+", "$1");
    }
}
