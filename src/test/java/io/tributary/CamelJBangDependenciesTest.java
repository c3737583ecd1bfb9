package io.tributary;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What Camel JBang is to download is what Maven builds with. {@link CamelRunIT} shows that it
 * suffices.
 */
class CamelJBangDependenciesTest {
  @Test
  void dependenciesOfCamelJBang_areInThePomWithTheirVersions() throws Exception {
    // Given
    Properties properties = new Properties();
    try (InputStream file = Files.newInputStream(Path.of("application.properties"))) {
      properties.load(file);
    }
    String dependencies = properties.getProperty("camel.jbang.dependencies");

    // When
    Set<String> unknown = Arrays.stream(dependencies.split(",")).collect(toSet());
    unknown.removeAll(inThePom());

    // Then
    assertEquals(Set.of(), unknown);
  }

  private static Set<String> inThePom() throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("pom.xml").toFile());
    NodeList dependencies = pom.getElementsByTagName("dependency");
    Set<String> found = new HashSet<>();
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      String group = text(dependency, "groupId");
      String artifact = text(dependency, "artifactId");
      if (group.equals("org.apache.camel")) {
        found.add(artifact.replaceFirst("^camel-", "camel:"));
      }
      String version = text(dependency, "version");
      if (version.startsWith("${")) {
        version = text(pom.getDocumentElement(), version.substring(2, version.length() - 1));
      }
      found.add("mvn:" + group + ":" + artifact + ":" + version);
    }
    return found;
  }

  private static String text(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent();
  }
}
