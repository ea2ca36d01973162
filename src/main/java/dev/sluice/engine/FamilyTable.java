package dev.sluice.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which family of an engine's page means which {@link Figure}. Immutable.
 *
 * <p>Families change their names over the versions, and some pages show the old and the new name at once; so of each row the
 * first spelling that has a value on the page counts, alone. A spelling is {@code family}, {@code family{label=text}} for
 * the series with that label only, or {@code family[label]} where the number stands in a label.
 */
final class FamilyTable {

    private static final Pattern SPELLING = Pattern.compile("([A-Za-z0-9_:]+)(?:\\{(\\w+)=(\\w+)})?(?:\\[(\\w+)])?");

    private final List<String> prefixes;
    private final List<String> poolLabels;
    private final List<String> copyLabels;
    private final List<Row> rows;

    /**
     * @param prefixes of all families of this engine, one per way of serving it
     * @param poolLabels labels that tell one pool from another: a data-parallel rank, a replica
     * @param copyLabels labels that tell copies of the same number apart, as from each tensor-parallel rank: one counts
     */
    FamilyTable(List<String> prefixes, List<String> poolLabels, List<String> copyLabels, List<RowOf> rows) {
        this.prefixes = prefixes;
        this.poolLabels = poolLabels;
        this.copyLabels = copyLabels;
        this.rows =
                rows.stream().map(row -> new Row(row.figure, spellings(row))).toList();
    }

    /** A row as it is written down. */
    record RowOf(Figure figure, List<String> spellings) {}

    /** One row; {@code spellings} in order of preference, without prefix. */
    static RowOf row(Figure figure, String... spellings) {
        return new RowOf(figure, List.of(spellings));
    }

    /** @param spellings in order of preference */
    record Row(Figure figure, List<Spelling> spellings) {}

    /**
     * @param name the full name of the family
     * @param family the same without prefix, for people
     * @param label empty, or the label that must have {@code text}
     * @param numberLabel empty, or the label that holds the number
     */
    record Spelling(String name, String family, String label, String text, String numberLabel) {

        private static final Pattern NUMBER = Pattern.compile("\\d{1,15}(\\.\\d{1,15})?");

        boolean matches(Series series) {
            return series.isNamed(name)
                    && (label.isEmpty() || series.label(label).orElse("").equals(text));
        }

        /** {@code NaN} where the label says {@code None} or another word. */
        double value(Series series) {
            if (numberLabel.isEmpty()) {
                return series.value();
            }
            return series.label(numberLabel)
                    .filter(number -> NUMBER.matcher(number).matches())
                    .map(Double::parseDouble)
                    .orElse(Double.NaN);
        }
    }

    List<Row> rows() {
        return rows;
    }

    /** Whether a family of this name can be this engine's. */
    boolean covers(Series series) {
        return prefixes.stream().anyMatch(series::nameStartsWith);
    }

    /** Which pool a series tells of; empty if it tells of all. */
    String poolOf(Series series) {
        return join(series, poolLabels);
    }

    /** Which of several copies a series is. */
    String copyOf(Series series) {
        return join(series, copyLabels);
    }

    private static String join(Series series, List<String> labels) {
        StringBuilder joined = new StringBuilder();
        for (String label : labels) {
            series.label(label)
                    .ifPresent(
                            text -> joined.append(joined.isEmpty() ? "" : "/").append(text));
        }
        return joined.toString();
    }

    private List<Spelling> spellings(RowOf row) {
        List<Spelling> spellings = new ArrayList<>();
        for (String prefix : prefixes) {
            for (String text : row.spellings) {
                Matcher parts = SPELLING.matcher(text);
                if (!parts.matches()) {
                    throw new IllegalArgumentException(
                            "spelling: " + text + " (expected: family, family{label=text} or family[label])");
                }
                spellings.add(new Spelling(
                        prefix + parts.group(1),
                        parts.group(1),
                        orEmpty(parts.group(2)),
                        orEmpty(parts.group(3)),
                        orEmpty(parts.group(4))));
            }
        }
        return List.copyOf(spellings);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
