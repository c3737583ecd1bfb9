package io.tributary.operations;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;

import io.tributary.support.Browser;
import io.tributary.support.HawtioConsole;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** The Hawtio console, connected to a read-only Tributary, in a browser. */
class HawtioTest {
  /** A box of the diagram. React Flow shows none of them until it has measured them all. */
  private static final String NODE = "//*[contains(@class,'react-flow__node')]";

  private static final String TREE_TEXT = "//*[contains(@class,'tree-view__node-text')]";
  private static final String TREE_TOGGLE = "//*[contains(@class,'tree-view__node-toggle')]";

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final int port = rig.management().port();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void routeDiagram_isShown() throws Exception {
    // Given
    try (Browser chromium = Browser.open(folder.resolve("browser"));
        RunningTributary running = tributary();
        HawtioConsole hawtio = HawtioConsole.start(folder)) {
      Kafka.send(
          List.of(
              new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}")),
              new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}")),
              new ProducerRecord<>(products, message("m2", "{\"id\":\"P1\"}"))));
      await().until(() -> !api.applied().isEmpty());
      ChromeDriver browser = chromium.driver();

      // When
      connect(browser, hawtio);
      openDiagram(browser, running.context().getManagementName(), "customer-intake");

      // Then
      shown(browser, NODE + "[contains(.,'dempotent')]");

      // When
      openDiagram(browser, running.context().getManagementName(), "batch-merge");

      // Then
      shown(browser, NODE + "[contains(.,'Aggregate: ')]");
      Path screenshot = Path.of("target", "hawtio", "hawtio-route-diagram.png");
      Files.write(screenshot, chromium.screenshot());
    }
  }

  /** As the page of the Connect plugin does it, which keeps its connections in the browser. */
  private void connect(ChromeDriver browser, HawtioConsole hawtio) {
    browser.get(hawtio.url());
    browser.executeScript(
        "localStorage.setItem('connect.connections', JSON.stringify({tributary: {id: 'tributary',"
            + " name: 'tributary', scheme: 'http', host: '127.0.0.1', port: arguments[0],"
            + " path: '/observe/jolokia'}}))",
        port);
    browser.get(hawtio.url() + "?con=tributary");
    browser.get(hawtio.url() + "camel?con=tributary");
  }

  /** The tree has the contexts of all tests that run at the moment, and opens one of them. */
  private static void openDiagram(ChromeDriver browser, String context, String route) {
    String folder = "org.apache.camel-folder-CamelContexts-folder-%s-folder".formatted(context);
    unfold(browser, folder);
    unfold(browser, folder + "-routes-folder");
    click(browser, treeItem(folder + "-routes-folder-" + route + "-folder") + TREE_TEXT);
    click(browser, "//a[normalize-space(.)='Route Diagram']");
  }

  private static void unfold(ChromeDriver browser, String id) {
    if ("false".equals(shown(browser, treeItem(id)).getDomAttribute("aria-expanded"))) {
      click(browser, treeItem(id) + TREE_TOGGLE);
    }
  }

  private static String treeItem(String id) {
    return "//li[@id='%s']".formatted(id);
  }

  private static void click(ChromeDriver browser, String xpath) {
    shown(browser, xpath).click();
  }

  private static WebElement shown(ChromeDriver browser, String xpath) {
    return await()
        .ignoreExceptions()
        .until(() -> browser.findElement(By.xpath(xpath)), WebElement::isDisplayed);
  }

  private RunningTributary tributary() throws Exception {
    return rig.tributary().withMBeans().start();
  }
}
