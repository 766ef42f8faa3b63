package io.tardy.testsuite.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A Chromium without a window, and what a person does with the page of the chat. */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int WIDTH = 900;
    private static final int HEIGHT = 700;
    private static final Map<String, Object> TELEPHONE =
            Map.of(
                    "deviceMetrics",
                    Map.of("width", 375, "height", 667, "pixelRatio", 2, "touch", true));

    private final ChromeDriverService service;
    private final ChromeDriver driver;
    private final ProcessHandle driverProcess;

    /** On a telephone, one has a narrow screen and a finger. */
    Browser(Path profile, boolean isTelephone) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program("chromium"));
        // What it would ask the internet for is switched off.
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=" + WIDTH + "," + HEIGHT,
                "--user-data-dir=" + profile);
        if (isTelephone) {
            options.setExperimentalOption("mobileEmulation", TELEPHONE);
        }
        service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(program("chromedriver"))
                        .usingAnyFreePort()
                        .build();
        Set<ProcessHandle> others = children();
        try {
            driver = new ChromeDriver(service, options);
            driverProcess =
                    children().stream()
                            .filter(child -> !others.contains(child))
                            .findFirst()
                            .orElseThrow();
            driver.manage().timeouts().pageLoadTimeout(PATIENCE).scriptTimeout(PATIENCE);
        } catch (RuntimeException e) {
            service.stop();
            throw e;
        }
    }

    private static File program(String name) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> new File(directory, name))
                .filter(File::canExecute)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        name + " is missing: .ci/install-tools installs it"));
    }

    void open(int port) {
        driver.get("http://127.0.0.1:" + port + "/");
    }

    void enter(String name, String room) {
        driver.findElement(By.name("name")).sendKeys(name);
        WebElement field = driver.findElement(By.name("room"));
        field.clear();
        field.sendKeys(room);
        driver.findElement(By.cssSelector("#enter button")).click();
        awaitStatus("connected");
    }

    void say(String text) {
        driver.findElement(By.name("text")).sendKeys(text);
        driver.findElement(By.cssSelector("#say button")).click();
    }

    void reload() {
        driver.navigate().refresh();
    }

    void awaitStatus(String part) {
        awaitText(By.id("status"), part);
    }

    void awaitMembers(String text) {
        awaitText(By.id("members"), text);
    }

    private void awaitText(By place, String part) {
        new WebDriverWait(driver, PATIENCE)
                .ignoring(StaleElementReferenceException.class)
                .withMessage(() -> part + " at " + place + ", which is: " + textAt(place))
                .until(any -> textAt(place).contains(part));
    }

    private String textAt(By place) {
        return driver.findElement(place).getText();
    }

    /** Waits for a line in the log. */
    void awaitLine(String line) {
        new WebDriverWait(driver, PATIENCE)
                .withMessage(() -> line + " in " + lines("#log li"))
                .until(any -> lines("#log li").contains(line));
    }

    /** What was said, without who came and left. */
    List<String> said() {
        return lines("#log li:not(.note)");
    }

    /** As they are seen, the name and what it said with a space between. */
    @SuppressWarnings("unchecked")
    private List<String> lines(String selector) {
        return (List<String>)
                driver.executeScript(
                        "return [...document.querySelectorAll(arguments[0])].map(line =>"
                                + " [...line.childNodes].map(node => node.textContent).join(' '))",
                        selector);
    }

    /** What reaches beyond the screen, or is nothing to be seen, of the parts that one needs. */
    @SuppressWarnings("unchecked")
    List<String> hiddenParts() {
        return (List<String>)
                driver.executeScript(
                        """
                        return ['#status', '#members', '#log', '#say input', '#say button'].filter(part => {
                          const box = document.querySelector(part).getBoundingClientRect();
                          return box.width < 20 || box.height < 12 || box.left < 0 || box.top < 0
                              || box.right > innerWidth || box.bottom > innerHeight;
                        });
                        """);
    }

    void screenshot(Path path) throws Exception {
        Files.createDirectories(path.getParent());
        Files.write(path, driver.getScreenshotAs(OutputType.BYTES));
    }

    /** What the page has complained about, but for the server that it did not reach. */
    List<String> complaints() {
        return driver.manage().logs().get("browser").getAll().stream()
                .map(Object::toString)
                .filter(entry -> !entry.contains("WebSocket connection to"))
                .toList();
    }

    /** Its processes too have ended then. */
    @Override
    public void close() {
        List<ProcessHandle> processes =
                Stream.concat(Stream.of(driverProcess), driverProcess.descendants()).toList();
        try {
            driver.quit();
        } finally {
            service.stop();
            processes.forEach(Browser::end);
        }
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().collect(Collectors.toSet());
    }

    private static void end(ProcessHandle process) {
        try {
            process.onExit().get(5, TimeUnit.SECONDS);
        } catch (Exception e) {
            process.destroyForcibly();
        }
    }
}
