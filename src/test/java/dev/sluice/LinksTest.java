package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What our pages point to is there: files, folders, and headings, by the anchors that GitHub gives them. */
final class LinksTest {

    private static final List<String> FOLDERS = List.of("docs", "benchmarks", "docker");
    private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)|(?:src|srcset|href)=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");
    private static final Pattern MENTION = Pattern.compile(
            "(?<![\\w./-])(docs/[\\w/-]+\\.md)(#[\\w-]+)?|(?<![\\w./-])((?:docker|deploy|config|benchmarks)/[\\w./-]+\\w)");

    @Test
    void everyLinkOfAPageLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : files(".md")) {
            String text = FENCE.matcher(Files.readString(page)).replaceAll("");
            LINK.matcher(text).results().forEach(link -> check(page, target(link), broken));
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPageThatAFileMentionsIsThere() throws IOException {
        List<String> broken = new ArrayList<>();
        List<Path> files = new ArrayList<>(files(".yaml", ".yml", ".py", ".sh", ".cfg", "Dockerfile", ".md"));
        try (Stream<Path> config = Files.walk(Path.of("config"))) {
            files.addAll(
                    config.filter(file -> file.toString().endsWith(".yaml")).toList());
        }
        for (Path file : files) {
            MENTION.matcher(Files.readString(file)).results().forEach(mention -> {
                String anchor = mention.group(2) == null ? "" : mention.group(2);
                String path = mention.group(1) == null ? mention.group(3) : mention.group(1);
                check(Path.of("at-the-root"), path + anchor, broken);
            });
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void aBrokenLinkIsFound() {
        List<String> broken = new ArrayList<>();
        check(Path.of("README.md"), "docs/none.md", broken);
        check(Path.of("README.md"), "docs/engines.md#none", broken);
        check(Path.of("docs/engines.md"), "#none", broken);
        check(Path.of("docs/engines.md"), "../README.md", broken);
        check(Path.of("docs/engines.md"), "#recommended-flags", broken);
        assertThat(broken).hasSize(3);
    }

    private static List<Path> files(String... endings) throws IOException {
        List<Path> found = new ArrayList<>(List.of(Path.of("README.md")));
        for (String folder : FOLDERS) {
            try (Stream<Path> walk = Files.walk(Path.of(folder))) {
                walk.filter(Files::isRegularFile)
                        .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static String target(MatchResult link) {
        return link.group(1) == null ? link.group(2) : link.group(1);
    }

    private static void check(Path page, String target, List<String> broken) {
        if (target.matches("[a-z]+:.*")) {
            return; // elsewhere
        }
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.exists(path)) {
            broken.add(page + " -> " + target + ": no such file");
        } else if (hash >= 0 && !anchors(path).contains(target.substring(hash + 1))) {
            broken.add(page + " -> " + target + ": no such heading");
        }
    }

    private static List<String> anchors(Path page) {
        Map<String, Integer> seen = new HashMap<>();
        List<String> anchors = new ArrayList<>();
        String text;
        try {
            text = FENCE.matcher(Files.readString(page)).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HEADING.matcher(text).results().forEach(heading -> {
            String plain =
                    heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").toLowerCase(Locale.ROOT);
            String anchor = plain.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        });
        return anchors;
    }
}
