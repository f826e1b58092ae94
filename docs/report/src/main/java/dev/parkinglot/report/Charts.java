package dev.parkinglot.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws tables: PNG pictures in a folder beside the page. */
final class Charts {
    private static final int WIDTH = 520;
    private static final int HEIGHT = 300;
    private static final double SCALE = 1.5;

    /** Okabe and Ito's colours, which most colour-blind readers can tell apart. */
    private static final List<Color> COLORS = List.of(
            new Color(0x0072B2),
            new Color(0x56B4E9),
            new Color(0x009E73),
            new Color(0xD55E00),
            new Color(0xE69F00),
            new Color(0xCC79A7),
            new Color(0x7F7F7F),
            new Color(0x000000));

    private static final Color GRID = new Color(0xDDDDDD);
    private static final Color TEXT = new Color(0x333333);

    private final Path folder;

    Charts(Path folder) {
        this.folder = folder;
    }

    /** Draws what has a chart among the tables of a section. */
    void draw(Section section, int jdk, Results results) {
        for (Table table : section.tables()) {
            if (table.chart() != Table.Chart.NONE) {
                CategoryChart chart = newChart(section, table, jdk);
                addSeries(chart, section, table, results);
                if (!chart.getSeriesMap().isEmpty()) {
                    write(chart, file(section, table, jdk));
                }
            }
        }
    }

    /** The Markdown that shows a table's picture; empty without one. */
    Optional<String> picture(Section section, Table table, int jdk) {
        Path file = file(section, table, jdk);
        return table.chart() != Table.Chart.NONE && Files.exists(file)
                ? Optional.of("![" + section.title() + " " + table.title() + ", JDK " + jdk + "]("
                        + folder.getFileName() + "/" + file.getFileName() + ")")
                : Optional.empty();
    }

    private Path file(Section section, Table table, int jdk) {
        return folder.resolve(table.fileName(section.id()) + "-jdk" + jdk + ".png");
    }

    /** What stands along the horizontal axis: the names of figures that share a unit. */
    private static Map<String, Function<Peer, Key>> categories(Section section, Table table) {
        Map<String, Function<Peer, Key>> categories = new LinkedHashMap<>();
        Metric first = table.metrics().get(0);
        if (table.chart() == Table.Chart.LINES_BY_CELL) {
            table.cells()
                    .forEach(cell ->
                            categories.put(cell.label(), peer -> new Trial(section, table, cell, peer).key(first)));
        } else {
            Cell cell = table.cells().get(0);
            table.metrics().stream()
                    .filter(metric -> metric.unit().equals(first.unit()))
                    .forEach(metric ->
                            categories.put(metric.id(), peer -> new Trial(section, table, cell, peer).key(metric)));
        }
        return categories;
    }

    private static CategoryChart newChart(Section section, Table table, int jdk) {
        Metric metric = table.metrics().get(0);
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(section.title() + " " + table.title() + ", JDK " + jdk + ", " + metric.unit())
                .build();
        style(chart.getStyler());
        if (table.chart() == Table.Chart.BARS) {
            chart.getStyler().setYAxisMin(0.0);
        } else {
            chart.getStyler().setDefaultSeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Line);
            chart.getStyler().setYAxisLogarithmic(true);
        }
        return chart;
    }

    private static void addSeries(CategoryChart chart, Section section, Table table, Results results) {
        Map<String, Function<Peer, Key>> categories = categories(section, table);
        List<String> labels = List.copyOf(categories.keySet());
        for (int i = 0; i < table.peers().size(); i++) {
            Peer peer = table.peers().get(i);
            List<Double> medians = new ArrayList<>();
            for (Function<Peer, Key> key : categories.values()) {
                double median = results.median(key.apply(peer));
                medians.add(Double.isNaN(median) ? null : median);
            }
            if (medians.stream().anyMatch(Objects::nonNull)) {
                CategorySeries series = chart.addSeries(peer.name(), labels, medians);
                series.setFillColor(COLORS.get(i % COLORS.size()));
                series.setLineColor(COLORS.get(i % COLORS.size()));
                series.setLineStyle(new BasicStroke(peer.ours() ? 3.0f : 1.5f));
                series.setMarker(SeriesMarkers.NONE);
            }
        }
    }

    private static void style(CategoryStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setChartFontColor(TEXT);
        styler.setChartTitleFont(plain.deriveFont(Font.BOLD, 13f));
        styler.setAxisTickLabelsFont(plain);
        styler.setLegendFont(plain);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendPosition(Styler.LegendPosition.OutsideE);
        styler.setAxisTicksLineVisible(false);
        styler.setDecimalPattern("#,##0.###");
    }

    private static void write(CategoryChart chart, Path file) {
        BufferedImage image =
                new BufferedImage((int) (WIDTH * SCALE), (int) (HEIGHT * SCALE), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.scale(SCALE, SCALE);
        chart.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        try {
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
