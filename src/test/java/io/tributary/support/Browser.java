package io.tributary.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The Chromium of this machine, without a window. Where there is none, the test is skipped. */
public final class Browser implements AutoCloseable {
  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Opens one with an empty profile. */
  public static Browser open(Path profile) {
    String browser = found("chromium", "chromium-browser", "google-chrome");
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(found("chromedriver")))
            .build();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser);
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + profile);
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().window().setSize(new Dimension(1400, 900));
    return new Browser(driver);
  }

  /** The browser itself. */
  public ChromeDriver driver() {
    return driver;
  }

  /** Opens a page. */
  public void go(Object url) {
    driver.get(url.toString());
  }

  /** Begins with an empty page, and lets go of the one before. */
  public void turnOver() {
    String before = driver.getWindowHandle();
    String next = driver.switchTo().newWindow(WindowType.TAB).getWindowHandle();
    driver.switchTo().window(before).close();
    driver.switchTo().window(next);
  }

  /** What an element shows; empty when it is hidden. */
  public String text(String id) {
    return driver.findElement(By.id(id)).getText();
  }

  /** The element that keys go to. */
  public WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** Gives the page the width of a phone, and says how wide its content is then. */
  public long widthOnPhone(int width) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 740, "deviceScaleFactor", 2, "mobile", true));
    return (Long) driver.executeScript("return document.documentElement.scrollWidth");
  }

  /** The page as a PNG. */
  public byte[] screenshot() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  @Override
  public void close() {
    driver.quit();
  }

  private static String found(String... names) {
    Optional<File> program =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .flatMap(folder -> Stream.of(names).map(name -> new File(folder, name)))
            .filter(File::canExecute)
            .findFirst();
    assumeTrue(program.isPresent(), "No " + names[0] + " on the PATH: no browser looks at it");
    return program.get().getPath();
  }
}
