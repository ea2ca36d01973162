package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.Reload;
import dev.sluice.config.SluiceConfig;
import dev.sluice.gate.Loop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file changes while Sluice runs. */
final class ReloaderTest {

    @TempDir
    Path folder;

    private final List<SluiceConfig> applied = new ArrayList<>();
    private final List<Boolean> withMode = new ArrayList<>();
    private final List<Reload> told = new ArrayList<>();
    private Path file;
    private Reloader reloader;

    @BeforeEach
    void start() throws IOException {
        file = Files.writeString(folder.resolve("sluice.yaml"), "queue: {doorWait: 3m}");
        ConfigSource source = ConfigSource.of(file, Map.of("pool.tokens", 7), Map.of("SLUICE__pool__tokens", "9"));
        reloader = new Reloader(
                source,
                source.read().config(),
                (config, mode) -> {
                    applied.add(config);
                    withMode.add(mode);
                    return CompletableFuture.completedFuture(config);
                },
                told::add);
    }

    @Test
    void whatIsValidIsPutInForceWithTheOptionsOnTop() throws IOException {
        Files.writeString(file, "{queue: {doorWait: 1m}, pool: {tokens: 5}}");
        assertThat(reloader.reload("test").join().applied())
                .extracting(Reload.Change::toString)
                .containsExactly("queue.doorWait: 3m -> 1m");
        assertThat(applied).singleElement().satisfies(config -> {
            assertThat(config.queue().doorWait()).hasMinutes(1);
            assertThat(config.pool().tokens()).isEqualTo(7);
        });
    }

    @Test
    void whatNeedsARestartIsNotPutInForce() throws IOException {
        Files.writeString(
                file,
                "{queue: {doorWait: 1m}, law: {name: static}, report: {gpus: 8}, upstream: {connectTimeout: 1s}}");
        for (int i = 0; i < 2; i++) {
            assertThat(reloader.reload("test").join().needsRestart())
                    .extracting(Reload.Change::toString)
                    .containsExactly(
                            "upstream.connectTimeout: 2s -> 1s",
                            "law.name: working-set -> static",
                            "report.gpus: 1 -> 8");
        }
        assertThat(applied).hasSize(2).allSatisfy(config -> {
            assertThat(config.queue().doorWait()).hasMinutes(1);
            assertThat(config.law()).isEqualTo(SluiceConfig.DEFAULT.law());
            assertThat(config.report()).isEqualTo(SluiceConfig.DEFAULT.report());
            assertThat(config.upstream()).isEqualTo(SluiceConfig.DEFAULT.upstream());
        });
    }

    @Test
    void theModeIsLeftAloneUnlessItsLineChanged() throws IOException {
        Files.writeString(file, "queue: {doorWait: 1m}");
        reloader.reload("test");
        Files.writeString(file, "{mode: shadow, queue: {doorWait: 1m}}");
        reloader.reload("test");
        reloader.reload("test");
        assertThat(withMode).containsExactly(false, true, false);
    }

    @Test
    void whatIsWrongChangesNothingAndIsMendedLater() throws IOException {
        Files.writeString(file, "{queue: {doorWait: 1m, maxStep: 1}}");
        assertThat(reloader.reload("test").join().problems()).hasSize(1);
        Files.delete(file);
        assertThat(reloader.reload("test").join().problems())
                .extracting(Object::toString)
                .containsExactly("no such file (expected: a YAML file)");
        assertThat(applied).isEmpty();
        assertThat(told).hasSize(2).noneMatch(Reload::isValid);
        Files.writeString(file, "queue: {doorWait: 1m}");
        assertThat(reloader.reload("test").join().isValid()).isTrue();
        assertThat(applied).hasSize(1);
    }

    @Test
    void theWatchSeesOtherContentThroughASwappedLink() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Files.writeString(one.resolve("sluice.yaml"), "mode: off");
        Files.writeString(two.resolve("sluice.yaml"), "mode: shadow");
        Path data = Files.createSymbolicLink(folder.resolve("..data"), one);
        Path mounted = Files.createSymbolicLink(
                folder.resolve("mounted.yaml"), data.getFileName().resolve("sluice.yaml"));
        List<Runnable> looks = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        FileWatch.start(
                mounted,
                new HandLoop(looks),
                () -> seen.add(ConfigReader.read(mounted).config().mode().label()));

        looks.get(0).run();
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), two);
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        looks.get(0).run();
        looks.get(0).run();
        assertThat(seen).containsExactly("shadow");
    }

    @Test
    void aFileThatIsBeingReplacedHasNotChangedOneThatIsGoneHas() throws IOException {
        List<Runnable> looks = new ArrayList<>();
        List<Boolean> seen = new ArrayList<>();
        FileWatch.start(file, new HandLoop(looks), () -> seen.add(Files.exists(file)));

        String content = Files.readString(file);
        Files.delete(file);
        looks.get(0).run();
        looks.get(0).run();
        Files.writeString(file, content);
        looks.get(0).run();
        assertThat(seen).isEmpty();

        Files.delete(file);
        looks.get(0).run();
        Files.writeString(file, "mode: shadow");
        looks.get(0).run();
        assertThat(seen).containsExactly(true);

        Files.delete(file);
        for (int i = 0; i < 5; i++) {
            looks.get(0).run();
        }
        assertThat(seen).containsExactly(true, false);
    }

    /** A loop whose repetitions the test runs. */
    private record HandLoop(List<Runnable> repeated) implements Loop {

        @Override
        public long nowNanos() {
            return 0;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void repeat(Duration period, Runnable task) {
            repeated.add(task);
        }
    }
}
