package io.tributary.support;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The Hawtio console, in a JVM of its own: its war in Jetty, without a login. It reaches what runs
 * on this machine.
 */
public final class HawtioConsole implements AutoCloseable {
  private final Process process;
  private final int port;

  private HawtioConsole(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it; what it logs goes into the folder. */
  public static HawtioConsole start(Path folder) throws IOException {
    int port = Ports.free();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + folder,
                "-Dhawtio.port=" + port,
                "-Dhawtio.war=" + Path.of("target", "hawtio", "hawtio.war").toAbsolutePath(),
                "-Dhawtio.authenticationEnabled=false",
                "-cp",
                jetty(),
                "org.eclipse.jetty.xml.XmlConfiguration",
                Path.of("src", "test", "resources", "hawtio-jetty.xml").toUri().toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("hawtio.log").toFile())
            .start();
    HawtioConsole console = new HawtioConsole(process, port);
    await().ignoreExceptions().until(console::answers);
    return console;
  }

  /** Where its pages are. */
  public String url() {
    return "http://127.0.0.1:" + port + "/hawtio/";
  }

  @Override
  public void close() {
    process.destroy();
  }

  private boolean answers() throws IOException, InterruptedException {
    return new Management(port).get("/hawtio/").contains("<html");
  }

  private static String jetty() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            jar -> jar.contains("jetty") || jar.contains("servlet") || jar.contains("slf4j-api"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
