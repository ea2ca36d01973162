package dev.sluice.simulate.plot;

import dev.sluice.simulate.Comparison;
import dev.sluice.simulate.LowerBound;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder of pictures, one in it for each comparison: {@code runs.svg} and {@code bars.svg}, and both with the table on
 * {@code index.html}. Nothing refers to anything outside of its file.
 */
public final class PlotFolder {

    private final Path folder;
    private final String style = style();

    /**
     * Makes the folder if there is none.
     *
     * @throws IllegalArgumentException if that cannot be, or it cannot be written to; the message says so in one line
     */
    public PlotFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new IllegalArgumentException(problem(), e);
        }
        if (!Files.isWritable(folder)) {
            throw new IllegalArgumentException(problem());
        }
    }

    private String problem() {
        return "--plots: " + folder + " (expected: a directory that can be written)";
    }

    /**
     * Draws one comparison.
     *
     * @param name of its folder
     * @param title for people
     * @param rows with their courses
     * @param table the figures as printed
     * @return the page
     */
    public Path write(String name, String title, List<Comparison.Row> rows, LowerBound bound, String table)
            throws IOException {
        String runs = new RunPicture(title, rows).svg(style);
        String bars = new BarPicture(title, rows, bound).svg(style);
        Path place = Files.createDirectories(folder.resolve(name));
        Files.writeString(place.resolve("runs.svg"), runs);
        Files.writeString(place.resolve("bars.svg"), bars);
        return Files.writeString(place.resolve("index.html"), page(title, runs, bars, table));
    }

    private String page(String title, String runs, String bars, String table) {
        String safe = Svg.escaped(title);
        return String.join(
                "\n",
                "<!DOCTYPE html>",
                "<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + safe + "</title>",
                "<meta name=\"viewport\" content=\"width=device-width\"><style>",
                style + "</style></head><body>",
                runs,
                bars,
                "<pre>" + Svg.escaped(table) + "</pre>",
                "</body></html>",
                "");
    }

    private static String style() {
        try (InputStream in = PlotFolder.class.getResourceAsStream("/simulate/picture.css")) {
            if (in == null) {
                throw new IllegalStateException("picture.css is missing in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
