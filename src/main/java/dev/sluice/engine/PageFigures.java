package dev.sluice.engine;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The figures of one page, by pool. Takes in the page's series first and is asked then. Confined to one thread. */
final class PageFigures implements Consumer<Series> {

    /** More pools than this are no pools of one engine. */
    private static final int MAX_POOLS = 256;

    /** What only a pool has, so that these tell how many there are. */
    private static final List<Figure> OF_POOLS = List.of(
            Figure.POOL_TOKENS,
            Figure.POOL_BLOCKS,
            Figure.KV_USAGE,
            Figure.PINNED_BLOCKS,
            Figure.CACHE_FILL,
            Figure.RUNNING,
            Figure.WAITING,
            Figure.GENERATION_TOKENS,
            Figure.PREFIX_QUERY_TOKENS);

    private final FamilyTable table;
    private final Map<Figure, List<Column>> columns = new EnumMap<>(Figure.class);
    private boolean recognized;

    PageFigures(FamilyTable table) {
        this.table = table;
        for (FamilyTable.Row row : table.rows()) {
            columns.put(
                    row.figure(),
                    row.spellings().stream()
                            .map(spelling -> new Column(row.figure(), spelling))
                            .toList());
        }
    }

    @Override
    public void accept(Series series) {
        if (!table.covers(series)) {
            return;
        }
        for (List<Column> spelled : columns.values()) {
            for (Column column : spelled) {
                if (column.spelling.matches(series)) {
                    recognized |= column.add(table.poolOf(series), table.copyOf(series), series);
                    break;
                }
            }
        }
    }

    /** Whether any series was of the table, and with a value that can be meant. */
    boolean recognized() {
        return recognized;
    }

    boolean tells(Figure figure) {
        return !Double.isNaN(of(figure));
    }

    /** The whole engine's; {@code NaN} if not told. */
    double of(Figure figure) {
        Column column = column(figure);
        double sum = 0;
        for (Part part : column.pools.values()) {
            sum += part.value(figure);
        }
        return column.pools.isEmpty() ? Double.NaN : figure.isSum() ? sum : sum / column.pools.size();
    }

    /** One pool's; {@code NaN} if not told. */
    double of(Figure figure, String pool) {
        Part part = column(figure).pools.get(pool);
        return part == null ? Double.NaN : part.value(figure);
    }

    /** The family that told a figure, without its prefix; empty if none did. */
    String source(Figure figure) {
        Column column = column(figure);
        return column.pools.isEmpty() ? "" : column.spelling.family();
    }

    /** The engine's pools in a fixed order, at least one; the only pool of an engine without ranks has an empty name. */
    List<String> pools() {
        Set<String> pools = new TreeSet<>();
        OF_POOLS.forEach(figure -> pools.addAll(column(figure).pools.keySet()));
        if (pools.size() > 1) {
            pools.remove("");
        }
        return pools.isEmpty() ? List.of("") : new ArrayList<>(pools);
    }

    /** The first spelling with a value, or one without. */
    private Column column(Figure figure) {
        return columns.getOrDefault(figure, List.of()).stream()
                .filter(column -> !column.pools.isEmpty())
                .findFirst()
                .orElse(Column.NONE);
    }

    /** One spelling of one figure. */
    private static final class Column {

        static final Column NONE = new Column(Figure.PROGRESS, new FamilyTable.Spelling("", "", "", "", ""));

        private final Figure figure;
        private final FamilyTable.Spelling spelling;
        private final Map<String, Part> pools = new HashMap<>();

        Column(Figure figure, FamilyTable.Spelling spelling) {
            this.figure = figure;
            this.spelling = spelling;
        }

        boolean add(String pool, String copy, Series series) {
            double value = figure.checked(spelling.value(series));
            if (Double.isNaN(value) || (pools.size() >= MAX_POOLS && !pools.containsKey(pool))) {
                return false;
            }
            pools.computeIfAbsent(pool, name -> new Part(copy)).add(copy, value);
            return true;
        }
    }

    /** What the series of one pool come to: those of the first copy. */
    private static final class Part {

        private final String copy;
        private double sum;
        private int count;

        Part(String copy) {
            this.copy = copy;
        }

        void add(String fromCopy, double value) {
            if (fromCopy.equals(copy)) {
                sum += value;
                count++;
            }
        }

        double value(Figure figure) {
            return figure.isSum() ? sum : sum / count;
        }
    }
}
