"use strict";

// Asks every two seconds how far a batch is, and shows it; without this the page loads itself anew.
(function () {
  const EVERY_MILLISECONDS = 2000;
  const section = document.querySelector("[data-batch]");
  const told = document.getElementById("batch-told");

  function longTime(seconds) {
    const whole = Math.max(1, Math.round(seconds));
    if (whole < 60) {
      return whole + " 秒";
    }
    if (whole < 3600) {
      return Math.floor(whole / 60) + " 分 " + (whole % 60) + " 秒";
    }
    return Math.floor(whole / 3600) + " 小时 " + Math.floor((whole % 3600) / 60) + " 分";
  }

  function sentence(batch) {
    if (batch.stopping) {
      return "正在停下：做完手头的一小部分就停，已做完的都会留着。";
    }
    const left =
      batch.seconds_left === null ? "正在运行。" : "大约还要 " + longTime(batch.seconds_left) + "。";
    return left + "可以离开本页，批次会继续运行。";
  }

  function show(batch) {
    batch.steps.forEach(function (step) {
      const line = section.querySelector('[data-step="' + step.step + '"]');
      if (!line) {
        return;
      }
      line.classList.toggle("step-done", step.finished);
      line.querySelector("progress").value = step.percent;
      line.querySelector(".step-count").textContent = step.started
        ? step.done + " / " + step.total + " " + step.unit
        : "还没有开始";
      line.querySelector(".step-time").textContent = step.seconds ? longTime(step.seconds) : "";
    });
    if (told.textContent !== sentence(batch)) {
      told.textContent = sentence(batch);
    }
  }

  function ask() {
    window
      .fetch(section.dataset.batch, { credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        return answer.json();
      })
      .then(function (batch) {
        if (batch.state !== "running") {
          window.location.reload();
          return;
        }
        show(batch);
        window.setTimeout(ask, EVERY_MILLISECONDS);
      })
      .catch(function () {
        // The server may be starting anew, or the session be over: then the page itself says so.
        window.setTimeout(function () {
          window.location.reload();
        }, 5 * EVERY_MILLISECONDS);
      });
  }

  if (section) {
    window.setTimeout(ask, EVERY_MILLISECONDS);
  }
})();
