// The desk works without this file. It adds: Ctrl+K, whole folders, dropping files, progress without reloading,
// copying a text, Enter and Ctrl+Enter where lines are typed in.
const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

addEventListener("keydown", event => {
  if (event.ctrlKey && event.key === "k") {
    event.preventDefault();
    document.getElementById("tim-kiem")?.focus();
  }
});

each("[data-folder]", field => {
  field.setAttribute("webkitdirectory", "");
  field.closest("[hidden]")?.removeAttribute("hidden");
});

// Files are sent as soon as they are chosen; without a script a button does it.
each("form[data-upload]", form => {
  form.querySelector("[data-without-script]")?.setAttribute("hidden", "");
  const send = list => {
    if (!list.length) return;
    const status = form.querySelector("[role=status]");
    const data = new FormData();
    for (const [file, name] of list) data.append("tep", file, name);
    status.textContent = `Đang gửi ${list.length} tệp…`;
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.onprogress = event => {
      if (event.lengthComputable) form.querySelector("progress").value = event.loaded / event.total;
    };
    request.onload = () => {
      if (request.status < 300 && request.responseURL) location.assign(request.responseURL);
      else status.textContent = "Chưa gửi được, chưa ghi gì; tệp vẫn còn nguyên trên máy. Có thể tệp quá lớn, ổ đĩa hết chỗ hoặc máy khác đang ghi. Chọn lại tệp để gửi lại.";
    };
    request.onerror = () => { status.textContent = "Bàn làm việc đã dừng. Bấm đúp lại biểu tượng Bàn làm việc rồi gửi lại."; };
    form.querySelector("progress").hidden = false;
    request.send(data);
  };
  form.querySelectorAll("input[type=file]").forEach(field => field.addEventListener("change", () =>
    send([...field.files].map(file => [file, file.webkitRelativePath || file.name]))));
  const walk = async (entry, path, found) => {
    if (entry.isFile) found.push([await new Promise((yes, no) => entry.file(yes, no)), path + entry.name]);
    else if (entry.isDirectory) {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((yes, no) => reader.readEntries(yes, no));
        if (!some.length) break;
        for (const one of some) await walk(one, `${path}${entry.name}/`, found);
      }
    }
  };
  const over = on => event => { event.preventDefault(); form.classList.toggle("over", on); };
  addEventListener("dragover", over(true));
  addEventListener("dragleave", event => { if (!event.relatedTarget) over(false)(event); });
  addEventListener("drop", async event => {
    over(false)(event);
    const entries = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry()).filter(Boolean);
    const found = [];
    for (const entry of entries) await walk(entry, "", found);
    send(found);
  });
});

// A job that runs: counts, told at most every five seconds to a screen reader.
each("[data-job]", place => {
  let told = 0;
  const look = async () => {
    try {
      const answer = await fetch(place.dataset.job, { headers: { Accept: "application/json" } });
      const job = await answer.json();
      if (job.ended) { location.reload(); return; }
      const bar = place.querySelector("progress");
      if (job.total) { bar.max = job.total; bar.value = job.done; }
      place.querySelector("[data-counts]").textContent = job.words;
      if (Date.now() - told > 5000) { place.querySelector("[role=status]").textContent = job.words; told = Date.now(); }
    } catch {
      for (const line of place.querySelectorAll("[role=status], [data-counts]"))
        line.textContent = "Bàn làm việc đã dừng. Số liệu nguyên vẹn. Bấm đúp lại biểu tượng Bàn làm việc.";
    }
    setTimeout(look, 400);
  };
  setTimeout(look, 300);
});

each("[data-copy]", button => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.copy);
    text.select();
    navigator.clipboard?.writeText(text.value);
    button.textContent = "Đã chép";
  });
});

// Typing line by line: Enter goes to the next field, Ctrl+Enter sends.
each("form[data-lines]", form => form.addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.target.matches("button, textarea")) return;
  event.preventDefault();
  if (event.ctrlKey) { form.requestSubmit(); return; }
  const fields = [...form.querySelectorAll("input:not([type=hidden]), select, button")];
  fields[fields.indexOf(event.target) + 1]?.focus();
}));

// Something that is still being worked out: look again.
each("[data-again]", () => setTimeout(() => location.reload(), 2000));
