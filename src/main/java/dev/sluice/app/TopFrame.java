package dev.sluice.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** One picture of {@code sluice top}, from {@code /state}. Immutable. */
final class TopFrame {

    private static final String BLOCKS = " ▁▂▃▄▅▆▇█";
    private static final int LABEL = 15;
    private static final int CHROME_LINES = 9;

    /** Colours of a terminal, by their number. */
    private enum Colour {
        BLUE(34),
        MAGENTA(35),
        GREEN(32),
        YELLOW(33),
        RED(31),
        DIM(2),
        BOLD(1);

        private final int code;

        Colour(int code) {
            this.code = code;
        }
    }

    /** The pressure of the last minutes. Confined to its user's thread. */
    static final class Trend {

        private static final int KEPT = 1_000;
        private final Deque<Double> values = new ArrayDeque<>();

        void add(double pressure) {
            values.addLast(pressure);
            if (values.size() > KEPT) {
                values.removeFirst();
            }
        }

        String line(int width) {
            StringBuilder line = new StringBuilder();
            values.stream()
                    .skip(Math.max(0, values.size() - width))
                    .forEach(value -> line.append(BLOCKS.charAt((int) Math.round(Math.min(1, value) * 8))));
            return line.toString();
        }
    }

    private final TerminalSize size;
    private final boolean colours;

    TopFrame(TerminalSize size, boolean colours) {
        this.size = size;
        this.colours = colours;
    }

    String render(JsonNode state, Trend trend) {
        List<String> lines = new ArrayList<>();
        lines.add(head(state));
        lines.add("");
        double budget = state.path("budget").asDouble(Double.NaN);
        lines.add(bar(
                "pressure", state.path("pressure"), budget, Colour.BLUE, "budget " + percent(state.path("budget"))));
        lines.add(bar("engine's gauge", state.at("/engine/kvUsage"), budget, Colour.MAGENTA, "running requests only"));
        lines.add(bar(
                "hit rate",
                state.at("/engine/hitRatio"),
                Double.NaN,
                Colour.GREEN,
                "loss " + percent(state.at("/loss/ratio"))));
        lines.add(label("trend") + paint(Colour.BLUE, trend.line(barWidth())));
        lines.add(census(state));
        lines.add("");
        int room = size.rows() - CHROME_LINES - 1;
        List<JsonNode> waiting = agents(state, true);
        List<JsonNode> others = agents(state, false);
        int queueRows = Math.min(waiting.size(), Math.max(room / 2, room - others.size() - 1));
        if (queueRows > 0) {
            lines.add(paint(Colour.DIM, row("#", "waiting agent", "needs", "waits", "left", "why")));
            waiting.stream().limit(queueRows).forEach(agent -> lines.add(waitingRow(agent)));
            room -= queueRows + 1;
        }
        lines.add(paint(Colour.DIM, row("", "agent", "holds", "for", "steps", "state")));
        others.stream().limit(Math.max(0, room)).forEach(agent -> lines.add(otherRow(agent)));
        return String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }

    private String head(JsonNode state) {
        String stale = state.at("/signals/fresh").asBoolean(true) ? "" : "  metrics stale";
        String text = "sluice  " + state.path("mode").asText() + "  "
                + state.path("law").asText() + "  "
                + state.at("/engine/kind").asText() + " "
                + state.at("/engine/version").asText() + "  "
                + state.path("upstream").asText() + stale;
        return paint(Colour.BOLD, cut(text, size.columns()));
    }

    private String census(JsonNode state) {
        JsonNode agents = state.path("agents");
        JsonNode queue = state.path("queue");
        String waiting = agents.path("waiting").asInt() + " waiting";
        return label("agents")
                + paint(Colour.BLUE, agents.path("running").asInt() + " running  ")
                + agents.path("resident").asInt() + " resident  "
                + (queue.path("size").asInt() > 0
                        ? paint(Colour.YELLOW, waiting + ", oldest " + seconds(queue.path("oldest")))
                        : waiting)
                + "  " + agents.path("parked").asInt() + " parked";
    }

    /** A share of the whole as a bar; the budget is a mark in it. */
    private String bar(String name, JsonNode ratio, double budget, Colour colour, String remark) {
        int width = barWidth();
        int full = (int) Math.round(Math.min(1, ratio.asDouble(0)) * width);
        StringBuilder bar = new StringBuilder("█".repeat(full) + "░".repeat(width - full));
        if (!Double.isNaN(budget) && budget <= 1) {
            bar.setCharAt(Math.min(width - 1, (int) Math.round(budget * width)), '|');
        }
        boolean isOver = ratio.asDouble(0) > budget + 0.02;
        return label(name) + paint(isOver ? Colour.RED : colour, bar.toString()) + " "
                + String.format(Locale.ROOT, "%6s", percent(ratio)) + "  " + paint(Colour.DIM, remark);
    }

    private int barWidth() {
        return size.columns() - LABEL - 32;
    }

    /** In the order of the queue, or by what they hold. */
    private static List<JsonNode> agents(JsonNode state, boolean waiting) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode agent : state.path("list")) {
            if (agent.path("position").asInt() > 0 == waiting) {
                found.add(agent);
            }
        }
        found.sort(
                waiting
                        ? Comparator.comparingInt(
                                agent -> agent.path("position").asInt())
                        : Comparator.comparingLong(agent -> -agent.path("held").asLong()));
        return found;
    }

    private String waitingRow(JsonNode agent) {
        String text = row(
                agent.path("position").asText(),
                agent.path("id").asText(),
                tokens(agent.path("footprint")),
                seconds(agent.path("since")),
                seconds(agent.path("estimate")),
                agent.path("reason").asText().replace('_', ' '));
        return paint(Colour.YELLOW, text);
    }

    private String otherRow(JsonNode agent) {
        String state = agent.path("state").asText();
        String reason = agent.path("reason").asText();
        String text = row(
                "",
                agent.path("id").asText(),
                tokens(agent.path("held")),
                seconds(agent.path("since")),
                agent.path("steps").asText(),
                reason.isEmpty() ? state : state + ": " + reason.replace('_', ' '));
        return state.equals("running")
                ? paint(Colour.BLUE, text)
                : state.equals("parked") ? paint(Colour.DIM, text) : text;
    }

    private String row(String place, String agent, String amount, String time, String more, String words) {
        String text = String.format(
                Locale.ROOT, "%4s  %-24s %8s %8s %8s  %s", place, cut(agent, 24), amount, time, more, words);
        return cut(text, size.columns());
    }

    private String paint(Colour colour, String text) {
        return colours ? "\033[" + colour.code + "m" + text + "\033[0m" : text;
    }

    private static String label(String name) {
        return String.format(Locale.ROOT, "%-" + LABEL + "s", name);
    }

    /** Ids and words come from outside: what could move the cursor does not. */
    private static String cut(String text, int width) {
        String plain = text.replaceAll("\\p{Cc}", "?");
        return plain.length() <= width ? plain : plain.substring(0, width - 1) + "…";
    }

    private static String percent(JsonNode ratio) {
        return ratio.isNumber() ? String.format(Locale.ROOT, "%.0f %%", ratio.asDouble() * 100) : "-";
    }

    private static String seconds(JsonNode value) {
        return value.isNumber()
                ? String.format(Locale.ROOT, value.asDouble() < 9.95 ? "%.1f s" : "%.0f s", value.asDouble())
                : "-";
    }

    private static String tokens(JsonNode value) {
        return value.asLong() < 1_000 ? value.asText() : String.format(Locale.ROOT, "%.1fk", value.asLong() / 1e3);
    }
}
