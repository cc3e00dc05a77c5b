"""Addresses of the desk."""

from django.urls import path

from onestop.desk.views import (
    absences,
    apologies,
    approving,
    breaches,
    catalogue,
    catalogue_changes,
    deadline,
    dossier,
    flags,
    frame,
    handing_over,
    many_steps,
    notices,
    offices,
    online,
    papers,
    password,
    people,
    receiving,
    rulebooks,
    searching,
    slips,
    step_acts,
    supervising,
    work,
)

app_name = "desk"

urlpatterns = [
    path("", frame.home, name="home"),
    path("rail/", frame.rail, name="rail"),
    path("styleguide/", frame.styleguide, name="styleguide"),
    # My work
    path("work/", work.my_work, name="my_work"),
    path("work/many/", many_steps.many_steps, name="many_steps"),
    path("work/<int:pk>/", work.step, name="step"),
    path("work/<int:pk>/<slug:name>/", step_acts.act, name="step_act"),
    path("questions/<int:pk>/", work.question, name="question"),
    path("questions/<int:pk>/answer/", step_acts.answer, name="answer"),
    # Approve
    path("approve/", approving.approve, name="approve"),
    path("approve/summary/", approving.summary, name="approve_summary"),
    path("approve/many/", approving.approve_many, name="approve_many"),
    # Hand over results
    path("return/", handing_over.hand_over, name="return"),
    path("return/<int:pk>/", handing_over.hand_over_result, name="hand_over_result"),
    # Search, notices
    path("search/", searching.search, name="search"),
    path("notices/", notices.notices, name="notices"),
    path("notices/seen/", notices.notices_seen, name="notices_seen"),
    # Receiving
    path("receive/", receiving.receive, name="receive"),
    path("receive/procedures/", receiving.suggest, name="receive_suggest"),
    path("receive/applicant/", receiving.applicant, name="receive_applicant"),
    path("receive/date/", receiving.date, name="receive_date"),
    path("receive/draft/", receiving.draft, name="receive_draft"),
    path("online/", online.online, name="online"),
    # Dossier
    path("dossiers/<int:pk>/", dossier.dossier, name="dossier"),
    path("dossiers/<int:pk>/acts/<slug:name>/", dossier.act, name="dossier_act"),
    path("dossiers/<int:pk>/papers/<int:paper_id>/", papers.paper, name="paper"),
    path("dossiers/<int:pk>/receipt.pdf", slips.receipt, name="receipt"),
    path("dossiers/<int:pk>/supplement-<int:number>.pdf", slips.supplement, name="supplement_slip"),
    path("dossiers/<int:pk>/refusal.pdf", slips.slip, {"form": "refusal"}, name="refusal_slip"),
    path("dossiers/<int:pk>/stop.pdf", slips.slip, {"form": "stop"}, name="stop_slip"),
    path("dossiers/<int:pk>/apology.pdf", slips.slip, {"form": "apology"}, name="apology_slip"),
    path("dossiers/<int:pk>/deadline/", deadline.deadline, name="deadline"),
    path("dossiers/<int:pk>/deadline.json", deadline.deadline_data, name="deadline_data"),
    path("dossiers/<int:pk>/deadline.pdf", deadline.deadline_certificate, name="deadline_certificate"),
    path("dossiers/<int:pk>/handover.pdf", slips.slip, {"form": "handover"}, name="handover_slip"),
    # Supervise
    path("supervise/", supervising.supervise, name="supervise"),
    path("flags/<int:pk>/", flags.flag, name="flag"),
    path("flags/<int:pk>/review/", flags.review, name="flag_review"),
    path("apologies/", apologies.apologies, name="apologies"),
    path("apologies/report.csv", apologies.apologies_csv, name="apologies_csv"),
    path("breaches/", breaches.breaches, name="breaches"),
    path("breaches/<int:pk>/", breaches.breach, name="breach"),
    # Catalogue
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/<int:pk>/", catalogue.procedure, name="procedure"),
    path("catalogue/<int:pk>/publish/", catalogue_changes.publish, name="procedure_publish"),
    path("catalogue/<int:pk>/withdraw/<int:number>/", catalogue_changes.withdraw, name="procedure_withdraw"),
    path("catalogue/<int:pk>/offices/", catalogue_changes.add_offering, name="procedure_offering"),
    path(
        "catalogue/<int:pk>/offices/<int:office_id>/end/",
        catalogue_changes.remove_offering,
        name="procedure_offering_end",
    ),
    path("catalogue/<int:pk>/officers/", catalogue_changes.add_officer, name="procedure_officer"),
    path(
        "catalogue/<int:pk>/officers/<int:officer_id>/end/",
        catalogue_changes.remove_officer,
        name="procedure_officer_end",
    ),
    # Rulebooks
    path("rulebooks/", rulebooks.rulebooks, name="rulebooks"),
    path("rulebooks/move/", rulebooks.move, name="rulebook_move"),
    # People, offices, absences
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="person_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/password/", people.reset_password, name="person_password"),
    path("people/<int:pk>/access/", people.access, name="person_access"),
    path("people/<int:pk>/roles/", people.add_role, name="person_role"),
    path("people/<int:pk>/roles/<int:membership_id>/end/", people.end_role, name="person_role_end"),
    path("offices/", offices.offices, name="offices"),
    path("offices/add/", offices.add, name="office_add"),
    path("offices/<int:pk>/", offices.office, name="office"),
    path("offices/<int:pk>/activity/", offices.activity, name="office_activity"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:pk>/end/", absences.end, name="absence_end"),
    # One's own
    path("password/", password.password, name="password"),
    path("password/changed/", password.password_done, name="password_done"),
]
