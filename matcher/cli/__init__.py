"""The command line: one typer application, a file for each group of verbs."""

from matcher.cli import (
    batch,
    calibrate,
    database,
    demo,
    doctor,
    embed,
    evaluate,
    fit_duplicates,
    imports,
    index,
    key,
    link,
    match,
    pair,
    report_templates,
    rules,
    screen,
    serve,
    train,
    train_keywords,
    train_screening,
    user,
)
from matcher.cli.shared import make_app

app = make_app("企业技术需求与专家、学会、院所、海外社团的对接服务。")
app.command("import")(imports.import_records)
app.command("rank")(match.rank)
app.command("needs-for")(match.needs_for)
app.command("similar")(match.similar)
app.command("screen")(screen.screen)
app.command("common-needs")(screen.common_needs)
app.command("pair")(pair.pair)
app.command("evaluate")(evaluate.evaluate)
app.command("train")(train.train)
app.command("calibrate")(calibrate.calibrate)
app.command("train-keywords")(train_keywords.train_keywords)
app.command("train-screening")(train_screening.train_screening)
app.command("fit-duplicates")(fit_duplicates.fit_duplicates)
app.add_typer(rules.app, name="rules")
app.add_typer(batch.app, name="batch")
app.command("report-templates")(report_templates.report_templates)
app.add_typer(index.app, name="index")
app.command("embed")(embed.embed)
app.add_typer(database.app, name="database")
app.add_typer(user.app, name="user")
app.add_typer(key.app, name="key")
app.add_typer(link.app, name="link")
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)

__all__ = ["app"]
