package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages of promises name as what holds them is there. */
final class ReliabilityPageTest {

    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+(?:Test|Check))`");
    private static final Pattern SCRIPTED = Pattern.compile("`run\\.py ([a-z ]+)`");

    @ParameterizedTest
    @ValueSource(strings = {"docs/reliability.md", "docs/security.md"})
    void theTestsThatAPageNamesAreThere(String page) throws IOException {
        Set<String> there;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            there = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        Set<String> named = CLASS.matcher(Files.readString(Path.of(page)))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        assertThat(named).hasSizeGreaterThan(5);
        assertThat(there).containsAll(named);
    }

    @Test
    void theScriptedFaultsAreThere() throws IOException {
        String script = Files.readString(Path.of("benchmarks/faults/run.py"));
        Set<String> named = SCRIPTED.matcher(Files.readString(Path.of("docs/reliability.md")))
                .results()
                .map((MatchResult found) -> found.group(1))
                .flatMap(names -> Stream.of(names.split(" ")))
                .collect(Collectors.toSet());
        assertThat(named).isNotEmpty().allSatisfy(name -> assertThat(script).contains("async def " + name + "("));
    }
}
