package dev.parkinglot.examples.autopsy;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;

/** The page: one file that needs no other file and no network. The wait graph is drawn by ECharts, which is in it. */
final class FindingsPage {
    private static final String ECHARTS = "META-INF/resources/webjars/echarts/5.3.1/dist/echarts.min.js";

    private static final String STYLE = """
        body { font: 15px/1.5 system-ui, sans-serif; color: #222; }
        body { max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; margin-bottom: 0; }
        h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #ddd; }
        th:first-child, td:first-child, td.text, th.text { text-align: left; }
        img { max-width: 100%; }
        #graph { height: 640px; border: 1px solid #ddd; border-radius: 4px; }
        pre { background: #fdecea; padding: 1rem; overflow-x: auto; border-radius: 4px; }
        .muted { color: #666; }
        """;

    /** Threads are round, locks are square; a full arrow waits, a dashed one leads to a holder. */
    private static final String DRAW = """
        const graph = JSON.parse(document.getElementById('graph-data').textContent);
        echarts.init(document.getElementById('graph')).setOption({
          animation: false,
          legend: { data: ['threads', 'locks'], left: 'left' },
          series: [{
            type: 'graph', layout: 'force', roam: true, draggable: true,
            force: { repulsion: 1200, edgeLength: 210, gravity: 0.25, layoutAnimation: false },
            edgeSymbol: ['none', 'arrow'], edgeSymbolSize: 9,
            label: { show: true, position: 'bottom', color: '#222' },
            edgeLabel: { show: true, fontSize: 11, color: '#555',
                         formatter: edge => edge.data.label },
            categories: [{ name: 'threads', symbol: 'circle' }, { name: 'locks', symbol: 'rect' }],
            data: graph.nodes, links: graph.links
          }]
        });
        """;

    private final Findings findings;
    private final int limit;

    FindingsPage(Findings findings, int limit) {
        this.findings = findings;
        this.limit = limit;
    }

    String html() throws IOException {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<title>Autopsy</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n<h1>Autopsy</h1>\n<p>"
                + escaped(findings.source()) + verdict() + "</p>\n"
                + graph() + overTime() + locks() + waits() + deadlocks() + "</body>\n</html>\n";
    }

    private String verdict() {
        int deadlocks = findings.deadlocks().size();
        return deadlocks == 0 ? ": no deadlock" : ": <a href=\"#deadlocks\">" + deadlocks + " deadlock(s)</a>";
    }

    private String deadlocks() {
        StringBuilder html = new StringBuilder("<h2 id=\"deadlocks\">Deadlocks</h2>\n");
        if (findings.deadlocks().isEmpty()) {
            html.append("<p>None.</p>\n");
        }
        findings.deadlocks()
                .forEach(deadlock ->
                        html.append("<pre>").append(escaped(deadlock)).append("</pre>\n"));
        return html.toString();
    }

    // ---- pictures

    /** What ECharts calls a node. */
    private record Node(String id, String name, int category, int symbolSize) {}

    /** What ECharts calls a link. */
    private record Link(String source, String target, String label, Map<String, Object> lineStyle) {}

    private record Graph(List<Node> nodes, List<Link> links) {}

    private String graph() throws IOException {
        if (findings.arrows().isEmpty()) {
            return "<h2>Who waits for what</h2>\n<p>Nobody waits.</p>\n";
        }
        String json = new Gson().toJson(nodesAndLinks()).replace("</", "<\\/");
        return "<h2>Who waits for what</h2>\n<div id=\"graph\"></div>\n"
                + "<p class=\"muted\">Full arrows lead from a thread to the lock that it waits for, dashed ones from a"
                + " lock to its holder.</p>\n"
                + "<script type=\"application/json\" id=\"graph-data\">" + json + "</script>\n<script>\n" + echarts()
                + "\n</script>\n<script>\n" + DRAW + "</script>\n";
    }

    private Graph nodesAndLinks() {
        Map<String, Node> nodes = new LinkedHashMap<>();
        List<Link> links = new ArrayList<>();
        for (Findings.Arrow arrow :
                findings.arrows().subList(0, Math.min(findings.arrows().size(), 20 * limit))) {
            String thread = "T " + (arrow.waits() ? arrow.from() : arrow.to());
            String lock = "L " + (arrow.waits() ? arrow.to() : arrow.from());
            nodes.computeIfAbsent(thread, id -> new Node(id, id.substring(2), 0, 18));
            nodes.computeIfAbsent(lock, id -> new Node(id, id.substring(2), 1, 26));
            links.add(
                    arrow.waits()
                            ? new Link(thread, lock, arrow.label(), Map.of("color", "#0072B2", "width", 2))
                            : new Link(lock, thread, arrow.label(), Map.of("color", "#D55E00", "type", "dashed")));
        }
        return new Graph(List.copyOf(nodes.values()), links);
    }

    private static String echarts() throws IOException {
        try (InputStream script = BitmapEncoder.class.getClassLoader().getResourceAsStream(ECHARTS)) {
            if (script == null) {
                throw new IOException(ECHARTS + " is not on the class path");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8).replace("</script", "<\\/script");
        }
    }

    private String overTime() {
        if (findings.moments().isEmpty()) {
            return "";
        }
        try {
            return "<h2>Over time</h2>\n<img alt=\"waits over time\" src=\"data:image/png;base64,"
                    + Base64.getEncoder().encodeToString(WaitsChart.png(findings.moments())) + "\">\n";
        } catch (LinkageError | InternalError | IOException | RuntimeException e) {
            // A Java or a system without fonts cannot draw text. The tables say the same.
            return "<p class=\"muted\">No chart: " + escaped(e.toString()) + "</p>\n";
        }
    }

    // ---- tables

    private String locks() {
        StringBuilder html = new StringBuilder("<h2>Hottest locks</h2>\n<table>\n<tr><th>lock</th><th>waits</th>"
                + "<th>total ms</th><th>longest ms</th><th>handed over</th><th>timeouts</th></tr>\n");
        findings.locks().stream()
                .limit(limit)
                .forEach(lock -> html.append(String.format(
                        Locale.ROOT,
                        "<tr><td>%s</td><td>%d</td><td>%.1f</td><td>%.1f</td><td>%d</td><td>%d</td></tr>%n",
                        escaped(lock.lock()),
                        lock.waits(),
                        lock.totalMillis(),
                        lock.longestMillis(),
                        lock.handedOver(),
                        lock.timedOut())));
        return html.append("</table>\n").toString();
    }

    private String waits() {
        StringBuilder html = new StringBuilder("<h2>Longest waits</h2>\n<table>\n<tr><th>thread</th>"
                + "<th class=\"text\">lock</th><th class=\"text\">mode</th><th>ms</th>"
                + "<th class=\"text\">holder</th></tr>\n");
        findings.waits().stream()
                .limit(limit)
                .forEach(wait -> html.append(String.format(
                        Locale.ROOT,
                        "<tr><td>%s</td><td class=\"text\">%s</td><td class=\"text\">%s</td><td>%.1f</td>"
                                + "<td class=\"text\">%s</td></tr>%n",
                        escaped(wait.thread()),
                        escaped(wait.lock()),
                        escaped(wait.mode()),
                        wait.millis(),
                        escaped(wait.holder()))));
        return html.append("</table>\n").toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
