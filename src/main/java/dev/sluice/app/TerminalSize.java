package dev.sluice.app;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Columns and rows of a terminal. Immutable. */
record TerminalSize(int columns, int rows) {

    private static final TerminalSize USUAL = new TerminalSize(100, 40);
    private static final int LEAST_COLUMNS = 60;
    private static final int LEAST_ROWS = 16;
    private static final int MOST = 1_000;
    private static final Pattern ROWS_COLUMNS = Pattern.compile("(\\d{1,4}) (\\d{1,4})\\s*");
    private static final File TERMINAL = new File("/dev/tty");

    TerminalSize {
        columns = Math.max(LEAST_COLUMNS, Math.min(MOST, columns));
        rows = Math.max(LEAST_ROWS, Math.min(MOST, rows));
    }

    /** Of the terminal that this process was started from; 100 by 40 if there is none or it does not say. */
    static TerminalSize current() {
        if (!TERMINAL.canRead()) {
            return USUAL;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(TERMINAL)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(stty.getInputStream().readAllBytes(), US_ASCII);
            stty.waitFor(1, TimeUnit.SECONDS);
            Matcher matcher = ROWS_COLUMNS.matcher(said);
            return matcher.matches() && !matcher.group(2).equals("0")
                    ? new TerminalSize(Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(1)))
                    : USUAL;
        } catch (IOException e) {
            return USUAL;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL;
        }
    }
}
