package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attack and conformance payloads that others have published: read where they lie beside the checkout, skipped where they
 * do not. Each is judged by {@link StrictHttp}, not by the verdict that came with it.
 */
@Timeout(900)
final class RequestCorporaTest {

    private static final Path CORPORA = Path.of("../shared/desync-corpora");

    @ParameterizedTest
    @ValueSource(strings = {"smuggler-mutations", "portswigger-chunk-size", "llhttp-fixtures", "http11probe"})
    void eachPayloadIsTakenAsTheRfcSays(String corpus) throws IOException {
        Path file = CORPORA.resolve(corpus + ".jsonl");
        assumeTrue(Files.exists(file), "../shared/desync-corpora lies beside the checkout");
        Map<PayloadBench.Verdict, Integer> counts = new EnumMap<>(PayloadBench.Verdict.class);
        List<String> wrong = new ArrayList<>();
        try (PayloadBench bench = new PayloadBench()) {
            for (String line : Files.readAllLines(file)) {
                JsonNode row = new ObjectMapper().readTree(line);
                PayloadBench.Outcome outcome = bench.send(row.get("payload").asText());
                counts.merge(outcome.verdict(), 1, Integer::sum);
                if (outcome.verdict() != PayloadBench.Verdict.RIGHT && !isOverLimit(outcome)) {
                    wrong.add(row.get("id").asText() + ": " + outcome.verdict() + " " + outcome.statuses() + ", "
                            + outcome.reading().requests().size() + " valid, then "
                            + outcome.reading().rest() + " " + outcome.reading().why());
                }
            }
        }
        assertThat(wrong).as("taken wrongly, of %s", counts).isEmpty();
    }

    /** A valid request larger than we take, which is told so. */
    private static boolean isOverLimit(PayloadBench.Outcome outcome) {
        int answers = outcome.statuses().size();
        return outcome.verdict() == PayloadBench.Verdict.VALID_REFUSED
                && answers > 0
                && List.of(413, 414, 431).contains(outcome.statuses().get(answers - 1));
    }
}
