// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {Signing} from "../Signing.sol";
import {VectorFile} from "./VectorFile.sol";

/// What is signed beside statements, and the id of a job.
contract SignedVectorsTest is VectorFile {
    using Signing for IEscrow;

    function test_the_id_of_a_job_is_made_alike() public {
        vm.chainId(number(".domain", ".chainId"));
        bytes32 origin = IEscrow(account(".domain", ".escrow")).domainOf();
        assertEq(HASHER.jobId(readOpening(".jobId"), origin), word(".jobId", ".digest"), "id");
    }

    function test_an_opening_is_signed_alike() public {
        SignedOpening memory signed;
        signed.opening = readOpening(".openJob");
        (signed.contact, signed.deadline) = (words(".openJob", ".contact"), number(".openJob", ".deadline"));
        check(".openJob", HASHER.openJob(signed));
    }

    function test_a_forced_epoch_and_its_veto_are_signed_alike() public {
        string memory entry = ".forced";
        Forced memory forced;
        (forced.jobId, forced.epoch) = (word(entry, ".jobId"), number(entry, ".epoch"));
        (forced.depth, forced.total) = (number(entry, ".depth"), number(entry, ".total"));
        (forced.root, forced.dataHash) = (word(entry, ".root"), word(entry, ".dataHash"));
        check(entry, HASHER.forced(forced));
        entry = ".veto";
        check(entry, HASHER.veto(Veto(word(entry, ".jobId"), number(entry, ".epoch"), word(entry, ".root"))));
    }

    function test_a_cash_out_is_signed_alike() public {
        string memory entry = ".cashout";
        Cashout memory order;
        (order.account, order.to) = (account(entry, ".account"), account(entry, ".to"));
        (order.token, order.maxFee) = (account(entry, ".token"), number(entry, ".maxFee"));
        (order.minOut, order.nonce) = (number(entry, ".minOut"), number(entry, ".nonce"));
        order.deadline = number(entry, ".deadline");
        check(entry, HASHER.cashout(order));
    }

    function test_a_consent_to_help_is_signed_alike() public {
        string memory entry = ".help";
        Challenge memory broken;
        (broken.statement.jobId, broken.leaf.account) = (word(entry, ".jobId"), account(entry, ".account"));
        (broken.leaf.earned, broken.helper) = (number(entry, ".earned"), account(entry, ".helper"));
        broken.fee = number(entry, ".fee");
        check(entry, HASHER.help(broken));
    }

    function check(string memory entry, bytes32 structHash) private {
        assertEq(digestThere(structHash), word(entry, ".digest"), entry);
    }

    function readOpening(string memory entry) private view returns (Opening memory opened) {
        (opened.publisher, opened.salt) = (account(entry, ".publisher"), word(entry, ".salt"));
        (opened.token, opened.budget) = (account(entry, ".token"), number(entry, ".budget"));
        (opened.bond, opened.settler) = (number(entry, ".bond"), account(entry, ".settler"));
        opened.manifest = word(entry, ".manifest");
        entry = string.concat(entry, ".terms");
        Terms memory terms = opened.terms;
        (terms.expiry, terms.postDelay) = (number(entry, ".expiry"), number(entry, ".postDelay"));
        (terms.challengeDelay, terms.closeDelay) = (number(entry, ".challengeDelay"), number(entry, ".closeDelay"));
        (terms.settlerCap, terms.postReserve) = (number(entry, ".settlerCap"), number(entry, ".postReserve"));
        (terms.postBounty, terms.quorumBps) = (number(entry, ".postBounty"), number(entry, ".quorumBps"));
        (terms.minSigners, terms.forceDelay) = (number(entry, ".minSigners"), number(entry, ".forceDelay"));
        terms.forceCap = number(entry, ".forceCap");
    }
}
