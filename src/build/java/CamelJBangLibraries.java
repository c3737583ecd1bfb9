import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.camel.main.util.VersionHelper;
import org.apache.camel.tooling.maven.MavenDownloaderImpl;
import org.apache.camel.tooling.maven.MavenGav;

/**
 * Fetches what the README's line for Camel JBang needs, each library by itself as Camel JBang does
 * it, so that {@code CamelRunIT} downloads nothing.
 */
final class CamelJBangLibraries {
  /** What it asks for without being told: for Java, for YAML, and for the routes. */
  private static final List<String> BY_ITSELF =
      List.of(
          "mvn:org.apache.camel.kamelets:camel-kamelets:" + VersionHelper.extractKameletsVersion(),
          "camel:java-joor-dsl",
          "camel:endpointdsl",
          "camel:direct",
          "camel:scheduler");

  private CamelJBangLibraries() {}

  /** Takes the file of settings. */
  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    try (Reader file = Files.newBufferedReader(Path.of(args[0]))) {
      settings.load(file);
    }
    List<String> libraries = new ArrayList<>(BY_ITSELF);
    libraries.addAll(List.of(settings.getProperty("camel.jbang.dependencies").split(",")));
    String version = VersionHelper.extractCamelVersion();
    try (MavenDownloaderImpl maven = new MavenDownloaderImpl()) {
      maven.start();
      fetch(maven, "org.apache.camel:camel-dependencies:pom:" + version);
      for (String library : libraries) {
        MavenGav gav = MavenGav.parseGav(library, version);
        fetch(maven, gav.getGroupId() + ":" + gav.getArtifactId() + ":" + gav.getVersion());
      }
    }
  }

  private static void fetch(MavenDownloaderImpl maven, String library) throws Exception {
    maven.resolveArtifacts(List.of(library), null, true, false);
  }
}
