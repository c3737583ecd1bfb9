package io.tributary.reload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words for what can be wrong with the files of routes. */
class RouteFilesTest {
  private static final String FILE =
      """
      - routeTemplate:
          id: twice
          parameters:
            - {name: from}
            - {name: to, defaultValue: direct:policy}
            - {name: why, required: false}
          route:
            from:
              uri: "{{from}}"
              steps:
                - to: {uri: "{{to}}"}
      - templatedRoute:
          routeTemplateRef: twice
          routeId: first
          parameters:
            - {name: from, value: direct:a}
      - route:
          id: second
          from:
            uri: direct:b
            steps:
              - log: {message: "${body}"}
      - routeConfiguration:
          id: policy
          onException:
            - onException:
                exception: [java.lang.Exception]
                steps:
                  - to: {uri: direct:policy, id: tell}
      - route:
          id: policy
          from:
            uri: direct:policy
            steps:
              - enrich: {id: ask, constant: direct:b}
      """;

  @TempDir Path folder;

  @Test
  void templateWithWhatIsNeeded_hasNone() throws Exception {
    assertEquals("none", mistake(FILE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "id: second   | id: first     | /a.camel.yaml: the route 'first' is in",
        "Ref: twice   | Ref: thrice   | has the template 'thrice'; there are only [twice]",
        "name: from, value | name: form, value | 'form', which the template 'twice' does not know; is 'from' meant?",
        "id: second   | `id: second\n    routeConfigurationId: polisy` | there are only [policy]",
        "- log:       | `- bean: {ref: words, method: lenght}\n        - log:` | has no method 'lenght'",
        "- log:       | `- filter: {method: {ref: words, method: lenght(1.5)}, steps: []}\n        - log:` | has no method 'lenght'",
        "uri: direct:b | uri: direct:bee | 'ask' calls direct:b, which no route has",
        "to: {uri: direct:policy | to: {uri: direct:pol | a.camel.yaml: 'tell' calls direct:pol, which no route has",
        "constant: direct:b | constant: direct:c | a.camel.yaml: 'ask' calls direct:c, which no route has",
        "- route:     | route:        | /a.camel.yaml:17: expected <block end>, but found",
        "uri: direct:b | uri: [a      | a.camel.yaml:21: expected",
        "- log:       | - lock:       | /a.camel.yaml:22: Unknown node id: lock",
        "message:     | massage:      | /a.camel.yaml:22: Unsupported field: massage",
        "${body}      | ${body        | in the route 'second': expected symbol functionEnd but was",
        "log: {message: \"${body}\"} | bean: {ref: nobody} | route 'second': No bean could be found",
        "direct:policy}    | derict:b}     | in the route 'first': No endpoint could be found for: derict",
        "uri: direct:b | uri: direct:b?c=d | in the route 'second': Failed to resolve endpoint",
        "${body}      | ${\u0001body}   | (0x1) special characters are not allowed"
      })
  void mistake_isSaidWithItsPlace(String right, String wrong, String words) throws Exception {
    // When
    String said = mistake(FILE.replace(right, wrong));

    // Then
    assertTrue(said.contains(words), said);
    assertTrue(said.contains(folder.resolve("a.camel.yaml").toString()), said);
  }

  @Test
  void endpointWithAMistake_isSaidOnce() throws Exception {
    String said = mistake(FILE.replace("uri: direct:b", "uri: direct:b?c=d"));

    assertEquals(2, said.split("Failed to resolve endpoint", -1).length, said);
  }

  @Test
  void validWaysToNameARoute_areNoMistakes() throws Exception {
    String named = FILE.replace("uri: direct:b\n", "uri: direct\n      parameters: {name: b}\n");
    String ofATemplate =
        FILE.replace("uri: \"{{from}}\"", "uri: \"direct:{{from}}\"")
            .replace("value: direct:a", "value: b")
            .replace("uri: direct:b\n", "uri: direct:c\n");
    String inWords = FILE.replace("\"${body}\"", "direct:nobody");

    for (String valid : new String[] {named, ofATemplate, inWords}) {
      assertEquals("none", mistake(valid));
    }
  }

  @Test
  void routeThatIsCalledByParameter_isMissed() throws Exception {
    String said =
        mistake(
            FILE.replace(
                "to: {uri: direct:policy, id: tell}",
                "to: {uri: direct, parameters: {name: pol}, id: tell}"));

    assertTrue(said.contains("'tell' calls direct:pol, which no route has"), said);
  }

  @Test
  void fileThatIsNoList_isSaid() throws Exception {
    for (String text : new String[] {"", "hello", "route:\n  id: a\n"}) {
      String said = mistake(text);

      assertTrue(said.endsWith("a.camel.yaml: a list is expected, each of one route or the like"));
    }
  }

  @Test
  void fileThatIsNotRead_isAMistakeAndNamedWithEachOther() throws Exception {
    // Given
    String words = "not read, since its name does not end in .camel.yaml: ";
    String unread = Files.createFile(folder.resolve("b.camel.yml")).toString();
    Files.createFile(folder.resolve(".b.camel.yaml.swp"));
    Files.createFile(folder.resolve("a.camel.yaml~"));

    // Then
    assertEquals(words + unread, mistake(FILE));
    assertTrue(mistake("hello").endsWith("or the like; " + words + unread), mistake("hello"));
  }

  @Test
  void failedStart_isSaidWithItsCauses() throws Exception {
    Exception failure = new IllegalStateException("any", new IllegalArgumentException("other"));
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      assertEquals("any: other", RouteFiles.words(failure, context));
    }
  }

  private String mistake(String text) throws Exception {
    Files.writeString(folder.resolve("a.camel.yaml"), text);
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.getRegistry().bind("words", "a text");
      RoutesReload.tryOut(context, RouteFiles.read(folder));
      return "none";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
