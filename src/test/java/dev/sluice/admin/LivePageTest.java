package dev.sluice.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class LivePageTest {

    private final Page page = LivePage.make();
    private final String policy = page.fields().get("content-security-policy");

    @Test
    void thePolicyAdmitsItsOwnStyleAndScriptAndNothingElse() throws Exception {
        assertThat(policy).startsWith("default-src 'none'; ").doesNotContain("unsafe", "http:", "https:", "*");
        assertThat(policy)
                .contains("style-src 'sha256-" + hash(content("style")) + "'")
                .contains("script-src 'sha256-" + hash(content("script")) + "'");
    }

    @Test
    void nothingIsLoadedFromElsewhereAndNoTextBecomesMarkup() {
        assertThat(page.body())
                .doesNotContain("http://www.google", "https://", "@import", "innerHTML", "outerHTML", "eval(", "style=")
                .doesNotContain("/*style*/", "/*script*/")
                .doesNotContainPattern("\\ssrc=|url\\(|\\son[a-z]+=\"");
        assertThat(page.body().split("http://"))
                .as("but for the name space of SVG")
                .hasSize(2);
    }

    private String content(String element) {
        Matcher matcher = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(page.body());
        assertThat(matcher.find()).as(element).isTrue();
        return matcher.group(1);
    }

    private static String hash(String text) throws Exception {
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    }
}
