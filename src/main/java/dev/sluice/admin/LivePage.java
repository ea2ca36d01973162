package dev.sluice.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The live page: one document made once from its parts in the jar, style and script within it. Its policy admits these two
 * by their hashes and nothing else, so neither an agent's name nor anything else that is shown can become code.
 */
final class LivePage {

    private static final List<String> SCRIPTS = List.of("words.js", "timeline.js", "picture.js", "agent.js", "live.js");

    private LivePage() {}

    /** Reads files and takes digests: not for an event loop. */
    static Page make() {
        String style = resource("live.css");
        String script =
                SCRIPTS.stream().map(LivePage::resource).collect(Collectors.joining("", "\"use strict\";\n", ""));
        String page = resource("live.html").replace("/*style*/", style).replace("/*script*/", script);
        return Page.text("text/html; charset=utf-8", page).with("content-security-policy", policy(style, script));
    }

    private static String policy(String style, String script) {
        return "default-src 'none'; connect-src 'self'; img-src data:; style-src " + hash(style) + "; script-src "
                + hash(script) + "; require-trusted-types-for 'script'; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'none'";
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(LivePage.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
